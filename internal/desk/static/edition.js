// The edition page: one segment is active; its pane stands beside the text.
import { ask, say, fill, element, follow, inField, keys, takeBy } from './net.js'
import { LivePage } from './live.js'
import { Editor, codedOf } from './editor.js'
import { openSplit, sayCaret } from './split.js'

const edition = document.querySelector('.edition')
const pane = document.getElementById('pane')
const bar = document.getElementById('bar')
const card = document.getElementById('card')
const blank = document.getElementById('editor')
const texts = document.getElementById('texts').dataset
let editor = null
let asked // the pane that is being fetched

const rows = () => [...document.querySelectorAll('.seg')]
const active = () => document.querySelector('.seg.active')
const rowAt = n => document.getElementById('s' + n)
const rowOf = id => document.querySelector(`.seg[data-id="${CSS.escape(String(id))}"]`)

// --- the active segment

async function activate(row, { focus = true } = {}) {
  if (!row) return
  const old = active()
  if (old !== row) {
    if (editor && !(await finish())) return editor?.focus()
    row = rowOf(row.dataset.id)
    active()?.classList.remove('active')
    row.classList.add('active')
    history.replaceState(null, '', `?segment=${row.dataset.n}`)
    showPane(row)
    tellHere()
  }
  if (focus && !editor) row.querySelector('.go').focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

// showPane fetches a segment's pane. A gentle one, after news from elsewhere,
// leaves a form alone that somebody is filling in.
async function showPane(row, gentle = false) {
  asked?.abort()
  asked = new AbortController()
  if (!gentle) pane.classList.add('late')
  try {
    const { data } = await ask(`/targets/${row.dataset.id}`, null, { signal: asked.signal })
    if (data.error) return say(data.error, true)
    if (gentle && pane.querySelector('details.reason[open]')) delete data.pane
    apply(data)
  } catch (e) {
    if (e.name !== 'AbortError') say(e.message, true)
  }
}

function move(step) {
  const all = rows()
  const at = all.indexOf(active())
  activate(all[Math.min(Math.max(at + step, 0), all.length - 1)])
}

// needing is the next segment that needs a person.
function needing() {
  const all = rows(), at = all.indexOf(active())
  const open = r => !r.matches('.g-reviewed, .g-final, .g-omitted')
  const next = all.slice(at + 1).find(open) ?? all.slice(0, at).find(open)
  if (next) activate(next)
  else say(texts.done)
}

// --- what the server says

// apply shows an update: rows, the pane of the active segment, the bar.
function apply(u) {
  if (u.reload) return reload()
  for (const r of u.rows ?? []) replaceRow(r)
  if (u.pane && String(u.paneFor) === active()?.dataset.id) {
    const open = pane.classList.contains('open')
    const same = pane.querySelector('.pane-body')?.dataset.for === String(u.paneFor)
    const top = same ? pane.scrollTop : 0
    const history = same && pane.querySelector('.history')?.open
    const held = pane.contains(document.activeElement)
    fill(pane, u.pane)
    pane.classList.remove('late')
    pane.scrollTop = top
    sheet(open)
    if (history && pane.querySelector('.history')) pane.querySelector('.history').open = true
    if (held && !editor) active().querySelector('.go').focus({ preventScroll: true })
  }
  if (u.bar && u.bar !== bar.said) {
    fill(bar, u.bar)
    bar.said = u.bar
  }
}

function replaceRow(r) {
  const old = rowOf(r.id)
  if (!old) return
  if (editor?.row === old) { // nobody's typing is taken away
    if (old.dataset.stamp !== r.stamp) editor.heard()
    return
  }
  const fresh = element(r.html)
  fresh.classList.toggle('active', old.classList.contains('active'))
  const had = old.contains(document.activeElement)
  old.replaceWith(fresh)
  const form = fresh.querySelector('form.editor')
  if (form && fresh.classList.contains('active')) {
    open(fresh, form)
  } else {
    form?.remove()
    if (had) fresh.querySelector('.go').focus({ preventScroll: true })
  }
}

function reload() {
  if (editor?.changed) return say(texts.moved, true)
  location.reload()
}

// --- editing

const standingOf = row => {
  const t = row.querySelector('.tgt > .text:not([data-none])')
  return t ? codedOf(t) : ''
}

async function edit(row = active()) {
  if (!row || !blank || !('edit' in row.dataset)) return
  if (editor?.row === row) return editor.focus()
  await activate(row, { focus: false })
  row = active()
  if (editor || !('edit' in row.dataset)) return
  if (row.dataset.typedBase && row.dataset.typedBase !== row.dataset.base) { // the text moved on since
    const { ok, data } = await ask(`/targets/${row.dataset.id}?edit`)
    if (ok) return apply(data)
  }
  const form = blank.content.querySelector('form').cloneNode(true)
  row.querySelector('.tgt').append(form)
  open(row, form)
}

function open(row, form) {
  const filled = form.querySelector('.conflict') !== null
  editor = new Editor(row, form, { apply: applyAfter, standing: standingOf(row), filled })
  form.addEventListener('submit', e => {
    e.preventDefault()
    e.submitter?.value === 'approve' ? approve() : leave()
  })
  editor.focus()
}

// applyAfter shows what an editor's save led to; the editor may be gone.
function applyAfter(u) {
  if (editor?.closed) editor = null
  apply(u)
}

// finish closes the editor, saving what was typed; false where it must stay.
async function finish(then) {
  const done = await editor.leave(then)
  if (editor?.closed) editor = null
  return done
}

async function leave() {
  const done = editor && await finish()
  if (done?.done) say(done.done)
}

async function approve() {
  const row = active()
  if (!row) return
  const editing = editor !== null
  let data
  if (editing) {
    data = await finish('approve')
    if (!data) return
  } else {
    const answer = await ask(`/targets/${row.dataset.id}/approve`, { version: row.dataset.base }).catch(e => ({ data: { error: e.message } }))
    data = answer.data
    apply(data)
    if (data.error) return say(data.error, true)
  }
  say(data.done)
  if (!stillAt(row)) return
  if (!data.next) return active().querySelector('.go').focus({ preventScroll: true })
  await activate(rowAt(data.next))
  if (editing) edit()
}

// stillAt says whether the person is still where something was done: who has
// moved on before the answer came is not taken away from there.
const stillAt = row => row?.dataset.id === active()?.dataset.id

// --- forms of the pane: sent without leaving the page

document.addEventListener('submit', async e => {
  const form = e.target.closest('form[data-act]')
  if (!form) return
  e.preventDefault()
  const row = active(), was = row?.dataset.base, typed = editor?.changed
  if (editor) {
    const saved = await finish()
    if (!saved) return
    if (typed && form.elements.seq) return say(saved.done) // the finding was of the words before
  }
  const values = new FormData(form, e.submitter)
  // One's own save of a moment ago is no news to whoever made it.
  if (typed && values.get('version') === was && new URL(form.action).pathname.startsWith(`/targets/${row.dataset.id}/`)) values.set('version', active().dataset.base)
  try {
    const { data } = await ask(form.action, values)
    apply(data)
    say(data.error ?? data.done, Boolean(data.error))
    if (data.next && stillAt(row) && data.next !== Number(row.dataset.n)) activate(rowAt(data.next))
  } catch (err) { say(err.message, true) }
})

pane?.addEventListener('toggle', async e => {
  const d = e.target
  if (d.matches?.('details.reason') && d.open) d.querySelector('input:not([type=hidden]), textarea')?.focus()
  if (!d.open || !d.dataset?.lazy) return
  const { data } = await ask(d.dataset.lazy).catch(err => ({ data: { error: err.message } }))
  if (!data.html) return say(data.error, true)
  for (const old of [...d.children].slice(1)) old.remove()
  d.append(element(data.html))
}, true)

document.addEventListener('click', e => {
  const go = e.target.closest('[data-go]')
  if (go && rowAt(go.dataset.go)) { e.preventDefault(); return activate(rowAt(go.dataset.go)) }
  const step = e.target.closest('[data-step]')
  if (step) { e.preventDefault(); return move(Number(step.dataset.step)) }
  if (e.target.closest('[data-beside]')) return togglePreview()
  if (e.target.closest('[data-sheet], .pane-head h2, .pane-head .word')) {
    sheet(!pane.classList.contains('open'))
    if (pane.classList.contains('open')) reveal()
    return
  }
  const concept = e.target.closest('a[data-concept]')
  if (concept) { e.preventDefault(); return showCard(concept) }
  if (!e.target.closest('#card')) hideCard()
})

document.querySelector('.doc').addEventListener('click', e => {
  const row = e.target.closest('.seg')
  if (!row || e.target.closest('.editor') || String(getSelection())) return
  if (e.target.closest('.go')) e.preventDefault()
  // A finger's first touch chooses; the second, and a mouse, edits.
  const touch = e.pointerType === 'touch' && !row.classList.contains('active')
  if (e.target.closest('.tgt') && !touch) edit(row)
  else activate(row)
})

function sheet(open) {
  pane.classList.toggle('open', open)
  pane.querySelector('[data-sheet]')?.setAttribute('aria-expanded', String(open))
}

// On a narrow screen the sheet must not hide the segment that it is about.
function reveal() {
  if (getComputedStyle(pane).position === 'fixed') active()?.scrollIntoView({ block: 'start' })
}

// --- terms: partners light up, the concept's card shows

let soon
document.addEventListener('pointerover', e => {
  const term = e.target.closest?.('[data-k]')
  for (const lit of document.querySelectorAll('.lit')) lit.classList.remove('lit')
  clearTimeout(soon)
  if (!term || e.pointerType === 'touch') { if (!e.target.closest?.('#card, a[data-concept]')) soon = setTimeout(hideCard, 250); return }
  for (const t of term.closest('.seg').querySelectorAll(`[data-k="${CSS.escape(term.dataset.k)}"]`)) t.classList.add('lit')
  if (!term.closest('.editing')) soon = setTimeout(() => showCard(term), 450)
})

const cards = new Map()
async function showCard(at) {
  const locale = edition.dataset.locale
  const url = `/concepts/${encodeURIComponent(at.dataset.concept)}?locale=${encodeURIComponent(locale)}`
  if (!cards.has(url)) {
    const { data } = await ask(url).catch(() => ({ data: {} }))
    if (!data.html) return
    cards.set(url, data.html)
  }
  fill(card, cards.get(url))
  if (!card.showPopover || !at.isConnected) return
  card.showPopover()
  const box = at.getBoundingClientRect(), size = card.getBoundingClientRect()
  const rtl = getComputedStyle(at).direction === 'rtl'
  const left = rtl ? box.right - size.width : box.left
  const below = box.bottom + 8 + size.height < innerHeight
  card.style.left = Math.max(8, Math.min(left, innerWidth - size.width - 8)) + 'px'
  card.style.top = Math.max(8, below ? box.bottom + 8 : box.top - size.height - 8) + 'px'
}
function hideCard() { if (card.matches(':popover-open')) card.hidePopover() }
addEventListener('scroll', hideCard, { passive: true })

// --- a segment that says several is split where the caret is

document.addEventListener('submit', e => {
  const form = e.target.closest('form[data-split]')
  if (form) sayCaret(form, editor, pane.querySelector('.pane-body').dataset.for)
}, true)

// --- who has the edition takes or leaves it without losing the place

document.querySelector('.facts [data-take]')?.form.addEventListener('submit', e => {
  const back = document.createElement('input')
  back.type = 'hidden'
  back.name = 'back'
  back.value = location.pathname + location.search
  e.target.append(back)
})

// --- the page as it will be, beside the text

const beside = document.getElementById('beside')
let live = null
function togglePreview() {
  const on = beside.hidden
  beside.hidden = !on
  document.body.classList.toggle('with-preview', on)
  for (const b of document.querySelectorAll('[data-beside]')) b.setAttribute('aria-pressed', String(on))
  if (on) live ??= new LivePage(beside, beside.dataset.page, beside.getAttribute('aria-label'))
  else { live?.remove(); live = null }
}

// --- keys, by their place on the keyboard

const does = {
  next: needing,
  fix: () => pane.querySelector('[data-fix]')?.click(),
  dismiss: () => { sheet(true); pane.querySelector('[data-dismiss]')?.click() },
  history: () => { sheet(true); const d = pane.querySelector('.history'); if (d) { d.open = !d.open; d.scrollIntoView({ block: 'nearest' }) } },
  comment: () => { sheet(true); pane.querySelector('[data-comment]')?.click() },
  merge: () => pane.querySelector('[data-merge]')?.click(),
  split: () => { sheet(true); openSplit(pane) },
  take: () => takeBy(document.querySelector('.facts [data-take]')),
  undo: () => pane.querySelector('[data-undo]')?.click(),
  marks: () => document.querySelector('[data-marks]')?.click(),
  preview: togglePreview,
}
const actOf = e => {
  const digit = /^(?:Digit|Numpad)([1-5])$/.exec(e.code)
  return digit ? () => takeOffer(digit[1]) : does[keys.act(e)]
}
function takeOffer(n) {
  const form = pane.querySelector(`[data-offer="${n}"]`)
  if (!form) return
  if (editor) editor.replace(form.elements.text.value)
  else form.requestSubmit()
}

let leader = false
document.addEventListener('keydown', e => {
  if (e.isComposing || document.querySelector('dialog[open], .box:popover-open, .menu:popover-open')) return
  const ctrl = e.ctrlKey || e.metaKey
  if (leader && !['Control', 'Meta', 'Shift', 'Alt'].includes(e.key)) {
    leader = false
    const act = actOf(e)
    if (act) { e.preventDefault(); act() }
    return
  }
  if (ctrl && keys.leads(e)) { e.preventDefault(); leader = true; return }
  if (ctrl && e.code === 'Enter' && !e.target.closest('.pane')) { e.preventDefault(); return void approve() }
  if (e.code === 'Escape') {
    if (card.matches(':popover-open')) return hideCard()
    if (editor && e.target === editor.area) { e.preventDefault(); return void leave() }
    if (pane.classList.contains('open')) return sheet(false)
  }
  if (ctrl && e.code === 'KeyZ' && !e.shiftKey && !inField(e)) { e.preventDefault(); return does.undo() }
  if (ctrl || e.altKey || inField(e)) return
  const onControl = e.target.closest('button, summary, a:not(.go)')
  switch (e.code) {
    case 'ArrowDown': if (onControl) return; e.preventDefault(); return move(1)
    case 'ArrowUp': if (onControl) return; e.preventDefault(); return move(-1)
    case 'Enter': if (onControl) return; e.preventDefault(); return void edit()
  }
  if (!e.shiftKey && keys.single && actOf(e)) { e.preventDefault(); actOf(e)() }
})

// --- what others do

let waiting
follow(news => {
  const mine = news?.find(e => String(e.id) === edition.dataset.id)
  if (news && !mine) return
  clearTimeout(waiting)
  waiting = setTimeout(renew, 200)
}, { edition: edition.dataset.id, here: showHere })

// Who else is here, and where.
let others = []
function showHere(now) {
  others = now
  const box = document.getElementById('present')
  const names = others.map(o => o.name).join('، ').replaceAll('،', document.documentElement.lang === 'ar' ? '،' : ',')
  if (box) box.textContent = others.length ? texts.here.replace('%', names) : ''
  for (const old of document.querySelectorAll('.seg .at-work')) old.remove()
  for (const o of others) {
    const row = o.segment && rowAt(o.segment)
    if (!row) continue
    const sign = document.createElement('bdi')
    sign.className = 'at-work'
    sign.textContent = o.name
    sign.title = texts.hereSegment.replace('%', o.name)
    row.querySelector('.tgt').append(sign)
  }
  tellHere()
}
let told = ''
function tellHere() {
  const n = active()?.dataset.n
  if (!n || !others.length && told === n) return
  if (told === n + others.length) return
  told = n + others.length
  ask(`/editions/${edition.dataset.id}/here`, { segment: n }).catch(() => {})
}

async function renew() {
  const have = new URLSearchParams({ revision: edition.dataset.revision, state: edition.dataset.state })
  for (const r of rows()) have.append('have', r.dataset.stamp)
  const { ok, data } = await ask(`/editions/${edition.dataset.id}/rows?${have}`).catch(() => ({}))
  if (!ok) return
  apply(data)
  showHere(others)
  live?.renew()
  const now = active()
  if (now && data.rows?.some(r => String(r.id) === now.dataset.id) && editor?.row !== now) showPane(now, true)
}

addEventListener('pagehide', () => editor?.goodbye())

// The editor that the server opens is for browsers without scripts; what was
// being typed comes up again when the person goes on.
for (const form of document.querySelectorAll('.seg form.editor')) if (!form.querySelector('.conflict')) form.remove()
const left = document.querySelector('.seg form.editor')
if (left) open(left.closest('.seg'), left)
else if (location.search.includes('segment=')) active()?.scrollIntoView({ block: 'nearest' })
bar.said = bar.innerHTML
document.documentElement.classList.add('ready')

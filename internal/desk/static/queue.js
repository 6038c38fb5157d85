// The queue: arrow keys, filters that act at once, news as it comes.
import { ask, say, fill, follow, inField, keys, takeBy } from './net.js'

const list = document.getElementById('list')
const filters = document.querySelector('.filters')
const lines = () => [...list.querySelectorAll('.line')]
let chosen = lines()[0]?.dataset.id

const lineOf = id => lines().find(l => l.dataset.id === id)

function choose(line, focus = true) {
  if (!line) return
  for (const l of lines()) l.classList.toggle('chosen', l === line)
  chosen = line.dataset.id
  if (!focus) return
  line.querySelector('.to').focus({ preventScroll: true })
  line.scrollIntoView({ block: 'nearest' })
}

document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector('dialog[open]')) return
  const search = filters.elements.q
  if (e.target === search && e.code === 'Escape' && !search.value) return search.blur()
  if (e.target === search && e.code === 'ArrowDown') { e.preventDefault(); return choose(lineOf(chosen) ?? lines()[0]) }
  if (inField(e)) return
  const at = lines().indexOf(lineOf(chosen))
  const onControl = e.target.closest('button, summary, a:not(.to), [popover]')
  switch (e.code) {
    case 'ArrowDown': if (onControl) return; e.preventDefault(); return choose(lines()[document.activeElement === document.body ? at : Math.min(at + 1, lines().length - 1)])
    case 'ArrowUp': if (onControl) return; e.preventDefault(); return choose(lines()[Math.max(at - 1, 0)])
    case 'Enter':
      if (e.target !== document.body || at < 0) return
      e.preventDefault()
      return lines()[at].querySelector('.to').click()
    case 'Slash':
      if (e.shiftKey || !keys.single) return
      e.preventDefault()
      search.focus()
      search.select()
      return
  }
  if (!e.shiftKey && keys.single && keys.act(e) === 'take') { e.preventDefault(); takeBy(lines()[at]?.querySelector('[data-take]')) }
})

list.addEventListener('focusin', e => choose(e.target.closest('.line'), false))
list.addEventListener('click', e => {
  if (e.target.closest('a, button, form, input')) return
  e.target.closest('.line')?.querySelector('.to').click()
})
// What is taken or released stays where it is, and chosen; one that leaves the
// list leaves its place to the next.
list.addEventListener('submit', async e => {
  const line = e.target.closest('.line')
  if (!line) return // another form of the list
  e.preventDefault()
  choose(line, false)
  try {
    const { data } = await ask(e.target.action, new FormData(e.target, e.submitter))
    say(data.error ?? data.done, Boolean(data.error))
    await show()
  } catch (err) { say(err.message, true) }
})
filters.addEventListener('change', e => { if (e.target.name !== 'q') filters.requestSubmit() })
filters.addEventListener('submit', () => {
  // Empty fields would only clutter the address.
  for (const f of filters.elements) if (f.name && !f.value) f.disabled = true
  setTimeout(() => { for (const f of filters.elements) f.disabled = false })
})
choose(lineOf(chosen), false)

let waiting, asking = false
follow(() => {
  clearTimeout(waiting)
  waiting = setTimeout(renew, 300)
})

const onButton = () => list.contains(document.activeElement?.closest('.take, .tabs'))

// renew shows the list as it is now; what has the focus keeps it, and a button
// is not taken from under a finger.
async function renew() {
  if (asking) return
  asking = true
  try {
    if (!onButton()) await show(onButton)
    if (onButton()) waiting = setTimeout(renew, 1000)
  } catch { /* the sign in the corner says that there is no connection */ } finally { asking = false }
}

// show asks for the list; of answers that overtake each other the one that was
// asked for last counts.
let turn = 0
async function show(unless) {
  const mine = ++turn
  const { ok, data } = await ask(location.href)
  if (!ok || mine !== turn || unless?.()) return
  const had = list.contains(document.activeElement), at = lines().indexOf(lineOf(chosen))
  fill(list, data.list)
  choose(lineOf(chosen) ?? lines()[Math.min(Math.max(at, 0), lines().length - 1)], had)
}

document.documentElement.classList.add('ready')

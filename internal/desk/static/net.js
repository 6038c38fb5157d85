// Asking the server, and showing what it says.

const policy = window.trustedTypes?.createPolicy('desk', { createHTML: s => s })

// html marks a fragment of our own server as fit to be shown.
const html = s => policy ? policy.createHTML(s) : s

export function fill(element, text) { element.innerHTML = html(text) }

export function element(text) {
  const t = document.createElement('template')
  t.innerHTML = html(text)
  return t.content.firstElementChild
}

export class Offline extends Error {}

// ask gives {ok, status, data}. With values it is a POST. It throws Offline
// where there is no answer.
export async function ask(url, values, { signal, keepalive } = {}) {
  const init = { headers: { Accept: 'application/json' }, signal, keepalive, credentials: 'same-origin' }
  if (values) {
    init.method = 'POST'
    init.body = new URLSearchParams(values)
  }
  let answer
  try {
    answer = await fetch(url, init)
  } catch (e) {
    if (e.name === 'AbortError') throw e
    throw new Offline(document.body.dataset.offline)
  }
  let data
  try {
    data = await answer.json()
  } catch {
    data = { error: document.body.dataset.broken }
  }
  if (data.signedOut) data.error = document.body.dataset.signedOut
  return { ok: answer.ok, status: answer.status, data }
}

let quiet
// say shows a sentence for a while; what went wrong stays longer.
export function say(text, bad = false) {
  const box = document.getElementById('say')
  if (!text || !box) return
  clearTimeout(quiet)
  box.textContent = text
  box.classList.toggle('error', bad)
  box.classList.add('on')
  quiet = setTimeout(() => box.classList.remove('on'), bad ? 9000 : 3500)
}

// The person's own keys. Single ones can be changed and switched off (WCAG
// 2.1.4); they are read by their place on the keyboard.
const own = JSON.parse(document.body.dataset.ownKeys ?? '{}')
const acts = new Map(Object.entries(own.codes ?? {}).filter(([, code]) => code).map(([act, code]) => [code, act]))
export const keys = {
  single: !own.off,
  // act is what a key does, '' for nothing.
  act: e => acts.get(e.code) ?? '',
  leads: e => Boolean(own.leader) && e.code === own.leader,
}

// takeBy presses a button that takes or releases an edition; where another
// person has it, it only goes there, so that a slip takes it from nobody.
export function takeBy(button) {
  if (button?.dataset.take === 'over') button.focus()
  else button?.click()
}

export const inField = e => e.target.closest?.('input, textarea, select, [contenteditable]') && !e.target.matches?.('[type=checkbox], [type=radio], button')

// follow calls tell with the editions that change, while the page is seen.
// here is told who else has the edition open that is shown.
export function follow(tell, { edition, here } = {}) {
  const live = document.getElementById('live')
  let source, since = document.body.dataset.at
  const open = () => {
    if (source || document.hidden) return
    // What changed since the page was made, or since the last news, comes first.
    source = new EventSource('/events?since=' + since + (edition ? '&edition=' + edition : ''))
    source.addEventListener('editions', e => { since = e.lastEventId; tell(JSON.parse(e.data)) })
    source.addEventListener('everything', () => tell(null))
    if (here) source.addEventListener('here', e => here(JSON.parse(e.data)))
    source.onopen = () => { live.hidden = true }
    source.onerror = () => { live.hidden = source.readyState === EventSource.OPEN }
  }
  const close = () => { source?.close(); source = null }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return close()
    open()
  })
  addEventListener('pagehide', close)
  addEventListener('pageshow', e => { if (e.persisted) { open(); tell(null) } })
  open()
}

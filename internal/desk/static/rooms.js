// The rooms beside the review: lists that follow what is typed.
import { ask, fill, inField, keys } from './net.js'

const list = document.getElementById('list')
const form = document.querySelector('form[data-live]')

// addressOf is the form's address without empty fields.
function addressOf(form) {
  const values = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (value) values.set(name, value)
  const query = values.toString()
  return new URL(form.action).pathname + (query ? '?' + query : '')
}

let timer, asked
async function renew() {
  const address = addressOf(form)
  asked?.abort()
  asked = new AbortController()
  list.setAttribute('aria-busy', 'true')
  try {
    const { ok, data } = await ask(address, null, { signal: asked.signal })
    if (!ok) return
    fill(list, data.list)
    history.replaceState(null, '', address)
    list.setAttribute('aria-busy', 'false')
  } catch { /* a later answer takes its place, or the sign in the corner says that there is no connection */ }
}

if (form && list) {
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(renew, 120)
  })
  form.addEventListener('submit', e => {
    e.preventDefault()
    clearTimeout(timer)
    renew()
  })
}

document.addEventListener('keydown', e => {
  if (!form || !keys.single || inField(e) || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.shiftKey) return
  if (e.code !== 'Slash' || document.querySelector('dialog[open]')) return
  const search = form.querySelector('[type=search]')
  if (!search) return
  e.preventDefault()
  search.focus()
  search.select()
})

// What would be accepted follows the fields as they are typed.
const editor = document.querySelector('form[data-forms]')
const forms = document.getElementById('forms')
let shown = editor?.querySelector('[data-show][aria-pressed="true"]')?.value, waiting
async function showForms() {
  if (!shown) return
  const values = new URLSearchParams()
  for (const [name, value] of new FormData(editor)) values.append(name, value)
  values.set('show', shown)
  try {
    const { ok, data } = await ask(editor.dataset.forms, values)
    if (ok) fill(forms, data.html)
  } catch { /* shown again with the next key */ }
}
editor?.addEventListener('click', e => {
  const button = e.target.closest('[data-show]')
  if (!button) return
  e.preventDefault()
  shown = button.value
  for (const b of editor.querySelectorAll('[data-show]')) b.setAttribute('aria-pressed', b === button)
  showForms()
})
editor?.addEventListener('input', e => {
  if (e.target.dataset.locale && e.target.dataset.locale !== shown) {
    shown = e.target.dataset.locale
    for (const b of editor.querySelectorAll('[data-show]')) b.setAttribute('aria-pressed', b.value === shown)
  }
  clearTimeout(waiting)
  waiting = setTimeout(showForms, 250)
})

// A batch at work tells how far it is; when it rests, the page is made anew.
const progress = document.querySelector('[data-batch]')
if (progress) {
  const source = new EventSource(progress.dataset.batch)
  source.addEventListener('progress', e => fill(progress, JSON.parse(e.data)))
  source.addEventListener('rest', () => {
    source.close()
    if (!document.querySelector('input:checked, details[open]')) location.reload()
  })
  addEventListener('pagehide', () => source.close())
}

// A choice in a row closes when another place is chosen.
document.addEventListener('click', e => {
  for (const box of document.querySelectorAll('.pop[open]')) if (!box.contains(e.target)) box.open = false
})

document.documentElement.classList.add('ready')

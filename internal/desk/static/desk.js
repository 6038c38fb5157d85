// What every page of the desk does.
import { keys, inField } from './net.js'

const help = document.getElementById('keys')

document.addEventListener('keydown', e => {
  if (inField(e) || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
  if (e.key === '?' || e.key === '؟') {
    e.preventDefault()
    help?.showModal()
  }
})

document.addEventListener('click', e => {
  if (e.target.closest('[data-keys]')) {
    e.preventDefault()
    document.getElementById('menu')?.hidePopover?.()
    help?.showModal()
  }
})
help?.addEventListener('click', e => { if (e.target === help) help.close() })

for (const box of document.querySelectorAll('[data-single-keys]')) {
  box.checked = keys.single
  box.addEventListener('change', () => { keys.single = box.checked })
}

// What could not be sent is kept in this browser until it is; whoever signs
// out leaves nothing behind.
document.querySelector('[data-leave]')?.addEventListener('submit', () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('desk.typed.')) localStorage.removeItem(key)
})

// What every page of the desk does.
import { inField, keys } from './net.js'

const help = document.getElementById('keys')

document.addEventListener('keydown', e => {
  if (!keys.single || inField(e) || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
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

// What could not be sent is kept in this browser until it is; whoever signs
// out leaves nothing behind.
document.querySelector('[data-leave]')?.addEventListener('submit', () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('desk.typed.')) localStorage.removeItem(key)
})

// What cannot be seen shows on demand, and stays shown.
const marks = () => localStorage.getItem('desk.marks') === 'on'
export function showMarks(on) {
  document.querySelector('.edition')?.classList.toggle('show-marks', on)
  for (const b of document.querySelectorAll('[data-marks]')) b.setAttribute('aria-pressed', String(on))
}
if (document.querySelector('.edition')) showMarks(marks() || document.querySelector('.edition').classList.contains('show-marks'))
document.addEventListener('click', e => {
  if (!e.target.closest('[data-marks]')) return
  e.preventDefault()
  localStorage.setItem('desk.marks', marks() ? 'off' : 'on')
  showMarks(marks())
})

// An @ offers the people who can be told.
document.addEventListener('input', e => {
  const area = e.target
  if (!area.matches?.('textarea[data-people]')) return
  const typed = /@([^@\n]*)$/.exec(area.value.slice(0, area.selectionStart))
  let list = area.parentElement.querySelector('.people')
  const names = typed ? area.dataset.people.split('|').filter(n => n && n.toLowerCase().startsWith(typed[1].toLowerCase()) && n.length > typed[1].length) : []
  if (!names.length) return list?.remove()
  if (!list) {
    list = document.createElement('span')
    list.className = 'people'
    area.after(list)
  }
  list.replaceChildren(...names.slice(0, 5).map(n => {
    const b = document.createElement('button')
    b.type = 'button'
    b.textContent = '@' + n
    b.addEventListener('click', () => {
      area.setRangeText('@' + n + ' ', area.selectionStart - typed[0].length, area.selectionStart, 'end')
      list.remove()
      area.focus()
    })
    return b
  }))
})

// The preview follows what is written, here and by others.
import { follow } from './net.js'
import { LivePage } from './live.js'

const edition = document.querySelector('.edition')
const first = document.getElementById('live-page')
const box = document.createElement('div')
box.className = 'live-box'
first.replaceWith(box)
const live = new LivePage(box, first.getAttribute('src'), first.title)
let waiting
follow(news => {
  if (news && !news.some(e => String(e.id) === edition.dataset.id)) return
  clearTimeout(waiting)
  waiting = setTimeout(() => live.renew(), 250)
}, { edition: edition.dataset.id })

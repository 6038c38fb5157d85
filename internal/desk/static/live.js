// The page as it would be published, which follows the edits: a new one is
// loaded behind the old and takes its place, at the same height.
export class LivePage {
  constructor(box, url, title) {
    this.box = box
    this.url = url
    this.title = title
    this.frame = this.make()
    box.append(this.frame)
  }

  make() {
    const f = document.createElement('iframe')
    f.src = this.url
    f.title = this.title
    f.setAttribute('sandbox', 'allow-same-origin') // and no scripts: to keep its place
    f.referrerPolicy = 'no-referrer'
    return f
  }

  renew() {
    this.next?.remove()
    const next = this.next = this.make()
    next.className = 'behind'
    next.addEventListener('load', () => {
      if (this.next !== next) return
      const y = this.frame.contentDocument?.scrollingElement?.scrollTop ?? 0
      next.classList.remove('behind')
      next.contentDocument?.scrollingElement?.scrollTo(0, y)
      this.frame.remove()
      this.frame = next
      this.next = null
      this.box.dispatchEvent(new Event('renewed'))
    }, { once: true })
    this.box.append(next)
  }

  remove() { this.box.replaceChildren() }
}

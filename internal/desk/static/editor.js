// Editing one target in place: its text is kept as it is typed and becomes a
// version when its author leaves it.
import { ask, say, Offline } from './net.js'
import { Field } from './field.js'

const texts = document.getElementById('texts').dataset
const stash = id => 'desk.typed.' + id

// codedOf reads coded text back from how it is shown.
export function codedOf(node) {
  let out = ''
  for (const n of node.childNodes) {
    if (n.nodeType === Node.TEXT_NODE) out += n.data.replaceAll('⟦', '⟦⟦')
    else if (n.dataset?.c) out += n.dataset.c
    else if (!n.classList?.contains('sr')) out += codedOf(n)
  }
  return out
}

export class Editor {
  // form is a copy of the blank editor or one that the server has filled;
  // standing is the text that counts now. apply shows an update.
  constructor(row, form, { apply, standing, filled }) {
    this.row = row
    this.form = form
    this.apply = apply
    this.id = row.dataset.id
    this.plain = form.elements.text
    this.saved = form.querySelector('.saved')
    this.standing = standing
    if (!filled) {
      form.action = `/targets/${this.id}/edit`
      form.elements.base.value = row.dataset.base
      this.plain.value = row.dataset.typed ?? standing
      this.plain.setAttribute('aria-label', row.querySelector('.go').getAttribute('aria-label'))
    }
    this.makeField()
    this.rescue()
    this.sent = this.text
    this.codes()
    this.listen()
    row.classList.add('editing')
    document.body.classList.add('editing')
  }

  // makeField puts a field with chips in the place of the plain one.
  makeField() {
    const chips = [...this.row.querySelectorAll('.src [data-c]')]
    const codes = chips.map(c => c.dataset.c)
    const area = document.createElement('div')
    area.className = 'field'
    area.contentEditable = 'true'
    area.spellcheck = true
    area.lang = this.plain.lang
    area.dir = this.plain.dir
    for (const [name, value] of Object.entries({ role: 'textbox', 'aria-multiline': 'true', 'aria-label': this.plain.getAttribute('aria-label') })) area.setAttribute(name, value)
    this.plain.hidden = true
    this.plain.disabled = true
    this.plain.after(area)
    this.field = new Field(area, {
      value: this.plain.value, codes,
      chips: code => { const c = chips.find(c => c.dataset.c === code); return { face: c?.textContent ?? code, title: c?.title ?? code } },
    })
    this.area = area
  }

  get base() { return this.form.elements.base.value }
  get text() { return this.field.value }
  get changed() { return this.text.trim() !== this.standing.trim() }

  // rescue takes up what could not be sent before.
  rescue() {
    const kept = localStorage.getItem(stash(this.id))
    if (!kept) return
    const { base, text } = JSON.parse(kept)
    if (base === this.base && text !== this.standing) this.field.value = text
    else localStorage.removeItem(stash(this.id))
  }

  listen() {
    this.field.addEventListener('input', () => {
      this.check()
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.keep(), 600)
    })
    this.form.addEventListener('click', e => {
      const b = e.target.closest('button')
      if (!b) return
      if (b.dataset.mark) this.insert(b.dataset.mark)
      if (b.dataset.open) this.field.put(b.dataset.open, b.dataset.close)
      if (b.dataset.use !== undefined) this.replace(b.dataset.use)
      if ('discard' in b.dataset) this.discard()
    })
    // Buttons that insert leave the caret where it is.
    this.form.querySelector('.tools').addEventListener('mousedown', e => e.preventDefault())
  }

  focus() {
    this.field.focus()
    this.field.caret(this.text.length)
    this.row.scrollIntoView({ block: 'nearest' })
  }

  insert(text) { this.field.insert(text) }

  replace(text) {
    this.field.focus()
    this.field.value = text
  }

  // before is what stands before the caret.
  get before() { return this.text.slice(0, this.field.range[0]) }

  // codes offers the source's codes and marks those that are missing.
  codes() {
    const box = this.form.querySelector('.codes')
    const chips = [...this.row.querySelectorAll('.src [data-c]')]
    const all = chips.map(c => c.dataset.c)
    box.replaceChildren()
    for (const chip of chips) {
      const c = chip.dataset.c, id = c.replace(/\D/g, ''), close = `⟦/${id}⟧`
      if (c === close && all.includes(`⟦${id}⟧`)) continue
      const b = document.createElement('button')
      b.type = 'button'
      b.className = 'chip'
      b.textContent = id + ' ' + chip.textContent.replace(/[‹›]/g, '')
      b.title = chip.title
      b.dataset.open = c
      b.dataset.close = c === `⟦${id}⟧` && all.includes(close) ? close : ''
      box.append(b)
    }
    box.hidden = !box.childElementCount
    this.check()
  }

  check() {
    for (const b of this.form.querySelectorAll('.codes button')) {
      const missing = !this.text.includes(b.dataset.open) || !this.text.includes(b.dataset.close)
      b.classList.toggle('missing', missing)
      b.setAttribute('aria-label', b.textContent + ': ' + (missing ? texts.missing : texts.move))
    }
  }

  // keep saves what is typed, without making a version of it.
  async keep() {
    clearTimeout(this.timer)
    if (this.text === this.sent || this.closed) return
    if (this.keeping) { // one at a time, in order
      await this.keeping
      return this.keep()
    }
    const text = this.text
    this.saved.textContent = texts.saving
    this.keeping = this.send(`/targets/${this.id}/type`, { base: this.base, text })
    const answer = await this.keeping
    this.keeping = null
    if (!answer) return
    if (answer.ok) {
      this.sent = text
      this.saved.textContent = this.elsewhere ? texts.elsewhere : answer.data.saved
    } else {
      this.saved.textContent = answer.data.error
    }
  }

  // heard says that the segment has changed elsewhere; keeping what is typed
  // does not cover that.
  heard() {
    this.elsewhere = true
    this.saved.textContent = texts.elsewhere
  }

  // send posts; where that fails the text is kept in this browser and sent
  // once there is a connection again.
  async send(url, values) {
    try {
      const answer = await ask(url, values)
      if (answer.status !== 401) localStorage.removeItem(stash(this.id))
      else this.hold()
      return answer
    } catch (e) {
      if (!(e instanceof Offline)) throw e
      this.hold()
      this.saved.textContent = e.message
      this.retry ??= setInterval(() => { this.sent = null; this.keep() }, 2000)
      return null
    } finally {
      if (!localStorage.getItem(stash(this.id))) { clearInterval(this.retry); this.retry = null }
    }
  }

  hold() { localStorage.setItem(stash(this.id), JSON.stringify({ base: this.base, text: this.text })) }

  // settle waits until nothing that is on its way could come late.
  async settle() {
    clearTimeout(this.timer)
    while (this.keeping) await this.keeping
  }

  // leave makes a version of what was typed and closes. It gives false where
  // that was refused; the editor then stays.
  async leave(then) {
    if (this.leaving) return this.leaving
    this.leaving = this.finish(then)
    const done = await this.leaving
    this.leaving = null
    return done
  }

  async finish(then) {
    await this.settle()
    const typed = this.row.dataset.typed !== undefined || this.sent !== this.standing
    if (!this.changed && !then && !typed) return this.close(), true
    if (!this.text.trim() && this.base === '0' && !then) return this.discard()
    const answer = this.changed || then !== 'approve' || this.base === '0'
      ? await this.send(`/targets/${this.id}/edit`, { base: this.base, text: this.text, ...(then && { then }) })
      : await this.send(`/targets/${this.id}/approve`, { version: this.base })
    if (!answer) return false
    const { ok, status, data } = answer
    if (data.error) say(data.error, true)
    if (ok || status === 409 || data.rows) {
      // Saved but not approved, in conflict, or done: the row says which.
      if (status !== 422 || data.rows?.[0]?.html && !this.changedFrom(data)) this.close()
      this.apply(data)
    }
    return ok && data
  }

  // changedFrom says whether the server still has another text than the
  // editor: then the save itself was refused.
  changedFrom(data) {
    const base = /data-base="(\d+)"/.exec(data.rows[0].html)?.[1]
    return base === this.base && this.changed
  }

  async discard() {
    await this.settle()
    localStorage.removeItem(stash(this.id))
    const answer = this.base === '0'
      ? await this.send(`/targets/${this.id}/type`, { base: 0, text: '' })
      : await this.send(`/targets/${this.id}/edit`, { base: this.row.dataset.base, text: this.standing })
    if (!answer?.ok) { if (answer) say(answer.data.error, true); return false }
    delete this.row.dataset.typed
    this.close()
    this.apply(answer.data)
    return true
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    clearInterval(this.retry)
    this.row.classList.remove('editing')
    document.body.classList.remove('editing')
    const had = this.form.contains(document.activeElement)
    this.form.remove()
    if (had) this.row.querySelector('.go').focus({ preventScroll: true })
  }

  // goodbye saves in the last moment of a page.
  goodbye() {
    if (this.closed || this.text === this.sent) return
    navigator.sendBeacon(`/targets/${this.id}/type`, new URLSearchParams({ base: this.base, text: this.text }))
  }
}

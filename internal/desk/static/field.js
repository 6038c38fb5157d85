// A field of coded text: codes are chips that the keyboard, the mouse and the
// clipboard move and delete as wholes, and never break. The field has its own
// undo, in which what was repaired is one step with what made it needed.

const token = /⟦⟦|⟦\/?\d{1,3}\/?⟧/g

// pieces cuts coded text into {text} and {code}.
export function pieces(coded) {
  const out = []
  let at = 0
  for (const m of coded.matchAll(token)) {
    if (m[0] === '⟦⟦') continue
    if (m.index > at) out.push({ text: coded.slice(at, m.index) })
    out.push({ code: m[0] })
    at = m.index + m[0].length
  }
  if (at < coded.length) out.push({ text: coded.slice(at) })
  return out
}

const idOf = code => code.replace(/\D/g, '')
const isOpen = code => /^⟦\d+⟧$/.test(code)
const partnerOf = code => isOpen(code) ? code.replace('⟦', '⟦/') : code.startsWith('⟦/') ? code.replace('⟦/', '⟦') : ''

// repair makes coded text whole again after a change: of a pair whose one half
// has gone the other goes too, a half that came before its partner changes
// places with it, a code stands once, and one that is not the source's goes.
// had is the text before the change, codes those of the source.
export function repair(coded, had, codes) {
  let ps = pieces(coded)
  const before = pieces(had).filter(p => p.code).map(p => p.code)
  const now = () => ps.filter(p => p.code).map(p => p.code)
  const seen = new Set()
  ps = ps.filter(p => {
    if (!p.code) return true
    if (!codes.includes(p.code) && !before.includes(p.code) || seen.has(p.code)) return false
    seen.add(p.code)
    return true
  })
  for (const code of before) {
    const partner = partnerOf(code)
    if (partner && before.includes(partner) && !now().includes(code)) ps = ps.filter(p => p.code !== partner)
  }
  for (const code of now().filter(isOpen)) {
    const a = ps.findIndex(p => p.code === code), b = ps.findIndex(p => p.code === partnerOf(code))
    if (b >= 0 && b < a) { ps[b].code = code; ps[a].code = partnerOf(code) }
  }
  return ps.map(p => p.code ?? p.text).join('')
}

// characters that cannot be seen, and what they are called
const ghosts = {
  '\u200e': 'LRM', '\u200f': 'RLM', '\u061c': 'ALM', '\u2066': 'LRI', '\u2067': 'RLI', '\u2068': 'FSI', '\u2069': 'PDI', '\u202a': 'LRE', '\u202b': 'RLE',
  '\u202d': 'LRO', '\u202e': 'RLO', '\u202c': 'PDF', '\u200c': 'ZWNJ', '\u200d': 'ZWJ', '\u200b': 'ZWSP', '\u00ad': 'SHY', '\u00a0': 'NBSP', '\u202f': 'NNBSP',
}
const ghost = new RegExp(`[${Object.keys(ghosts).join('')}]`)

export class Field extends EventTarget {
  // element becomes the field, chips gives {face, title} of a code, codes are
  // the source's.
  constructor(element, { value, chips, codes }) {
    super()
    this.element = element
    this.chips = chips
    this.codes = codes
    this.past = []
    this.future = []
    element.field = this
    this.show(value)
    this.last = value
    element.addEventListener('beforeinput', e => this.before(e))
    element.addEventListener('input', e => { if (!e.isComposing) this.settle() })
    element.addEventListener('compositionend', () => this.settle())
    element.addEventListener('keydown', e => this.key(e))
    element.addEventListener('copy', e => this.copy(e))
    element.addEventListener('cut', e => { this.copy(e); this.replaceRange(...this.range, '') })
    element.addEventListener('dragstart', e => this.drag(e))
    element.addEventListener('drop', e => this.drop(e))
    element.addEventListener('click', e => { const c = e.target.closest('.chip'); if (c) this.pick(c) })
  }

  get value() { return this.read(this.element) }
  set value(coded) { this.change(coded, coded.length) }

  focus() { this.element.focus({ preventScroll: true }) }

  // read gives the coded text of a node.
  read(node) {
    let out = ''
    for (const n of node.childNodes) {
      if (n.nodeType === Node.TEXT_NODE) out += n.data.replaceAll('⟦', '⟦⟦').replaceAll('\n', ' ')
      else if (n.dataset?.c) out += n.dataset.c
      else if (n.nodeName !== 'BR') out += this.read(n)
    }
    return out
  }

  // show writes coded text into the element.
  show(coded) {
    const nodes = []
    for (const p of pieces(coded)) {
      if (p.code) nodes.push(this.chip(p.code))
      else nodes.push(...this.letters(p.text.replaceAll('⟦⟦', '⟦')))
    }
    // A chip at an end needs a place for the caret beside it.
    if (!nodes.length || nodes.at(-1).dataset?.c) nodes.push(document.createTextNode(''))
    this.element.replaceChildren(...nodes)
  }

  letters(text) {
    const out = []
    for (const part of text.split(new RegExp(`(${ghost.source})`))) {
      if (!part) continue
      if (!ghosts[part]) { out.push(document.createTextNode(part)); continue }
      const s = document.createElement('span')
      s.className = 'ghost'
      s.dataset.g = ghosts[part]
      s.textContent = part
      out.push(s)
    }
    return out
  }

  chip(code) {
    const c = document.createElement('bdi')
    const { face, title } = this.chips(code)
    c.className = 'chip'
    c.dataset.c = code
    c.contentEditable = 'false'
    c.draggable = true
    c.textContent = face
    c.title = title
    return c
  }

  // --- the caret, as places in the coded text

  offset(node, at) {
    const range = document.createRange()
    range.selectNodeContents(this.element)
    range.setEnd(node, at)
    return this.read(range.cloneContents()).length
  }

  get range() {
    const s = getSelection()
    if (!s.rangeCount || !this.element.contains(s.anchorNode)) return [this.value.length, this.value.length]
    const r = s.getRangeAt(0)
    return [this.offset(r.startContainer, r.startOffset), this.offset(r.endContainer, r.endOffset)]
  }

  // place gives the node and offset of a place in the coded text.
  place(at) {
    const walk = (node, left) => {
      for (const [i, n] of [...node.childNodes].entries()) {
        if (n.nodeType === Node.TEXT_NODE) {
          let k = 0
          for (; k < n.data.length && left > 0; k++) left -= n.data[k] === '⟦' ? 2 : 1
          if (left <= 0 && (k < n.data.length || !n.nextSibling || left === 0)) return { node: n, at: k }
        } else if (n.dataset?.c) {
          if (left <= 0) return { node, at: i }
          left -= n.dataset.c.length
          if (left < 0) return { node, at: i + 1 }
        } else {
          const found = walk(n, left)
          if (found.node) return found
          left = found.left
        }
      }
      return { left }
    }
    const found = walk(this.element, at)
    return found.node ? found : { node: this.element, at: this.element.childNodes.length }
  }

  caret(start, end = start) {
    const a = this.place(start), b = start === end ? a : this.place(end)
    getSelection().setBaseAndExtent(a.node, a.at, b.node, b.at)
  }

  selectAll() { getSelection().selectAllChildren(this.element) }

  pick(chip) {
    const r = document.createRange()
    r.selectNode(chip)
    const s = getSelection()
    s.removeAllRanges()
    s.addRange(r)
  }

  // --- changes

  // change makes coded the text, with the caret at a place, as one step.
  change(coded, caret, { step = true } = {}) {
    const whole = repair(coded, this.last, this.codes)
    if (step) this.note()
    this.show(whole)
    this.last = whole
    if (document.activeElement === this.element) this.caret(Math.min(caret, whole.length))
    this.dispatchEvent(new Event('input'))
  }

  // note remembers the text as it is for the undo; what is typed in one go is
  // one step.
  note(typed = false) {
    const now = performance.now()
    if (!(typed && this.typing && now - this.typing < 1200)) {
      this.past.push([this.last, this.range[0]])
      if (this.past.length > 300) this.past.shift()
    }
    this.typing = typed ? now : 0
    this.future = []
  }

  undo() { this.step(this.past, this.future) }
  redo() { this.step(this.future, this.past) }
  step(from, to) {
    const was = from.pop()
    if (!was) return
    to.push([this.last, this.range[0]])
    this.typing = 0
    this.show(was[0])
    this.last = was[0]
    this.caret(Math.min(was[1], was[0].length))
    this.dispatchEvent(new Event('input'))
  }

  replaceRange(start, end, coded) {
    const text = this.value
    this.change(text.slice(0, start) + coded + text.slice(end), start + coded.length)
  }

  // insert puts coded text in the place of what is selected.
  insert(coded) { this.focus(); this.replaceRange(...this.range, coded) }

  // put sets a code, with its partner, around what is selected; one that
  // stands elsewhere moves there.
  put(open, close) {
    this.focus()
    let [start, end] = this.range
    let text = this.value
    for (const code of [open, close]) {
      const at = code ? text.indexOf(code) : -1
      if (at < 0) continue
      text = text.slice(0, at) + text.slice(at + code.length)
      if (at < start) start -= Math.min(code.length, start - at)
      if (at < end) end -= Math.min(code.length, end - at)
    }
    const picked = text.slice(start, end)
    // Between the two halves of another pair nothing may be torn apart.
    const inner = repair(picked, picked, this.codes)
    this.change(text.slice(0, start) + open + inner + close + text.slice(end), start + open.length + (picked ? inner.length + close.length : 0))
  }

  before(e) {
    if (e.inputType === 'historyUndo') { e.preventDefault(); return this.undo() }
    if (e.inputType === 'historyRedo') { e.preventDefault(); return this.redo() }
    if (/^(format|insertParagraph|insertLineBreak|insertOrdered|insertUnordered|insertHorizontal|insertLink)/.test(e.inputType)) return e.preventDefault()
    if (/^insertFrom/.test(e.inputType) || e.inputType === 'insertReplacementText' && e.dataTransfer) {
      e.preventDefault()
      const text = e.dataTransfer?.getData('text/plain') ?? e.data ?? ''
      const r = e.getTargetRanges()[0]
      if (r) getSelection().setBaseAndExtent(r.startContainer, r.startOffset, r.endContainer, r.endOffset)
      return this.insert(this.clean(text))
    }
    if (!e.isComposing) this.note(e.inputType === 'insertText')
  }

  // clean makes coded text of what was pasted: its codes count where they are
  // the source's, anything else is text.
  clean(text) {
    return text.replace(/\s*\n\s*/g, ' ').replace(/⟦\/?\d{1,3}\/?⟧|⟦/g, t => this.codes.includes(t) ? t : '⟦⟦' + t.slice(1))
  }

  // settle repairs what the browser did.
  settle() {
    const coded = this.value, whole = repair(coded, this.last, this.codes)
    const plain = [...this.element.childNodes].every(n => n.nodeType === Node.TEXT_NODE ? !ghost.test(n.data) && !n.data.includes('\n') : n.dataset?.c || n.classList?.contains('ghost') && n.textContent.length === 1)
    if (whole !== coded || !plain) {
      const [at] = this.range
      this.show(whole)
      this.caret(Math.min(at, whole.length))
    }
    this.last = whole
    this.dispatchEvent(new Event('input'))
  }

  key(e) {
    if (e.isComposing) return
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.code === 'KeyZ') {
      e.preventDefault()
      e.stopPropagation()
      return e.shiftKey ? this.redo() : this.undo()
    }
    if (e.ctrlKey && e.code === 'KeyY') { e.preventDefault(); return this.redo() }
    // A chip beside the caret goes as a whole, in every browser.
    if ((e.code === 'Backspace' || e.code === 'Delete') && getSelection().isCollapsed && !e.ctrlKey && !e.altKey) {
      const [at] = this.range, text = this.value
      let from = 0
      for (const p of pieces(text)) {
        const to = from + (p.code ?? p.text).length
        if (p.code && (e.code === 'Backspace' ? to === at : from === at)) { e.preventDefault(); return this.replaceRange(from, to, '') }
        from = to
      }
    }
  }

  copy(e) {
    e.preventDefault()
    const [a, b] = this.range
    e.clipboardData.setData('text/plain', this.value.slice(a, b).replaceAll('⟦⟦', '⟦'))
  }

  drag(e) {
    const c = e.target.closest?.('.chip')
    this.dragged = c?.dataset.c ?? ''
    if (c) e.dataTransfer.setData('text/plain', c.dataset.c)
  }

  drop(e) {
    e.preventDefault()
    const spot = document.caretPositionFromPoint?.(e.clientX, e.clientY)
    const r = spot ? { startContainer: spot.offsetNode, startOffset: spot.offset } : document.caretRangeFromPoint?.(e.clientX, e.clientY)
    if (!r || !this.element.contains(r.startContainer)) return
    const text = e.dataTransfer.getData('text/plain')
    this.drop_(this.offset(r.startContainer, r.startOffset), text)
  }

  // drop_ moves a chip, or text, to a place.
  drop_(at, text) {
    const moved = this.dragged
    this.dragged = ''
    let now = this.value
    if (!moved) { const [a, b] = this.range; if (a < b && (at < a || at > b)) { now = now.slice(0, a) + now.slice(b); if (at > b) at -= b - a } return this.change(now.slice(0, at) + this.clean(text) + now.slice(at), at + text.length) }
    const was = now.indexOf(moved)
    if (was < 0) return
    now = now.slice(0, was) + now.slice(was + moved.length)
    if (was < at) at -= moved.length
    this.change(now.slice(0, at) + moved + now.slice(at), at + moved.length)
  }
}

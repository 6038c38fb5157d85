// Splitting a segment with the keyboard, and saying where its words are cut.

// openSplit splits off what was merged last, or else shows the places where
// the segment can be cut.
export function openSplit(pane) {
  const merged = [...pane.querySelectorAll('form[data-split]:not(.cut-here form) button')].at(-1)
  if (merged) return merged.click()
  const box = pane.querySelector('.cut-here')
  if (!box) return
  box.open = true
  const first = box.querySelector('.likely') ?? box.querySelector('button')
  first?.focus()
  box.scrollIntoView({ block: 'nearest' })
}

// In the places to cut the arrows go from word to word as the source runs.
document.addEventListener('keydown', e => {
  const at = e.target.closest?.('.cut-words button')
  if (!at || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return
  const all = [...at.parentElement.querySelectorAll('button')]
  const onward = at.parentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
  const to = { [onward]: all.indexOf(at) + 1, [onward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft']: all.indexOf(at) - 1, Home: 0, End: all.length - 1 }[e.code]
  if (to === undefined) return
  e.preventDefault()
  all[Math.min(Math.max(to, 0), all.length - 1)].focus()
})

// A form that splits says what stands before the caret of the words.
export function sayCaret(form, editor, shown) {
  if (!editor || editor.changed || String(editor.id) !== shown || !editor.before.trim() || editor.before === editor.text) return
  const before = document.createElement('input')
  before.type = 'hidden'
  before.name = 'before'
  before.value = editor.before
  form.append(before)
}

// What keeps people from using a page, as a list of sentences (JSON).
(() => {
  const out = new Set()
  const say = (rule, e) => out.add(rule + (e ? ': ' + e.outerHTML.replace(/\s+/g, ' ').slice(0, 150) : ''))
  const all = selector => [...document.querySelectorAll(selector)].filter(e => !e.closest('template'))
  const shown = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 1
  const hidden = e => e.closest('[aria-hidden=true]') !== null
  const byIDs = ids => ids.split(/\s+/).map(id => document.getElementById(id)?.textContent ?? '').join(' ')
  const words = s => (s ?? '').replace(/\s+/g, ' ').trim()

  // The text of an element as it is read aloud.
  const spoken = e => {
    let s = ''
    for (const n of e.childNodes) {
      if (n.nodeType === Node.TEXT_NODE) s += n.data
      else if (n.nodeType === Node.ELEMENT_NODE && n.getAttribute('aria-hidden') !== 'true' && !n.hidden) s += ' ' + (n.getAttribute('aria-label') ?? n.getAttribute('alt') ?? spoken(n))
    }
    return s
  }
  const name = e => words(e.getAttribute('aria-labelledby') ? byIDs(e.getAttribute('aria-labelledby')) : '') || words(e.getAttribute('aria-label')) ||
    words([...(e.labels ?? [])].map(spoken).join(' ')) || (e.matches('input, select, textarea, iframe, progress, meter') ? '' : words(spoken(e))) ||
    (e.matches('input[type=submit], input[type=button]') ? words(e.value) : '') || words(e.title)

  // --- the page as a whole
  const root = document.documentElement
  if (!root.lang) say('the page has no language')
  if (!['ltr', 'rtl'].includes(root.dir) || getComputedStyle(document.body).direction !== root.dir) say('the page runs the wrong way')
  if (!words(document.title)) say('the window has no title')
  if (/maximum-scale|user-scalable\s*=\s*no/.test(document.querySelector('meta[name=viewport]')?.content ?? '')) say('the page cannot be enlarged')
  if (root.scrollWidth > innerWidth) {
    const wide = all('body *').filter(e => shown(e) && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1) && !e.closest('.tabs, .scroll')).at(-1)
    say(`the page is ${root.scrollWidth} wide in a window of ${innerWidth}`, wide ?? document.body)
  }

  // --- landmarks and headings
  const mains = all('main, [role=main]').filter(shown)
  if (mains.length !== 1) say(mains.length + ' main landmarks')
  const navs = all('nav, [role=navigation]').filter(shown)
  for (const n of navs) if (navs.length > 1 && !name(n).trim() || !n.getAttribute('aria-label') && !n.getAttribute('aria-labelledby')) say('a navigation without a label', n)
  const headings = all('h1, h2, h3, h4, h5, h6, [role=heading]').filter(e => e.checkVisibility() && !e.closest('dialog:not([open]), [popover]:not(:popover-open)'))
  let level = 0
  for (const h of headings) {
    const l = Number(h.getAttribute('aria-level') ?? h.tagName.slice(1))
    if (!words(spoken(h))) say('an empty heading', h)
    if (l > level + 1 && level > 0 && !h.closest('dialog, [popover]')) say(`a heading of level ${l} after one of level ${level}`, h)
    if (!h.closest('dialog, [popover]')) level = l
  }
  const h1 = headings.filter(h => h.matches('h1') && !h.closest('dialog, [popover]'))
  if (h1.length > 1 || h1.length === 0 && !document.querySelector('.plain h2')) say(h1.length + ' headings of level 1')

  // --- ids and references
  const ids = new Map()
  for (const e of all('[id]')) ids.set(e.id, (ids.get(e.id) ?? 0) + 1)
  for (const [id, n] of ids) if (n > 1) say('the id ' + id + ' stands there ' + n + ' times')
  for (const a of ['aria-describedby', 'aria-labelledby', 'aria-controls', 'aria-owns', 'aria-details', 'popovertarget', 'for', 'list'])
    for (const e of all(`[${a}]`)) for (const id of e.getAttribute(a).split(/\s+/)) if (!document.getElementById(id)) say(a + ' leads nowhere', e)
  for (const a of all('a[href^="#"]')) if (a.hash.length > 1 && !document.getElementById(decodeURIComponent(a.hash.slice(1)))) say('a link within the page leads nowhere', a)

  // --- roles and structure
  const roles = 'alert alertdialog application article banner button cell checkbox columnheader combobox complementary contentinfo dialog document feed figure form grid gridcell group heading img link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status switch tab table tablist tabpanel term textbox timer toolbar tooltip tree treegrid treeitem'.split(' ')
  for (const e of all('[role]')) if (!e.getAttribute('role').split(/\s+/).every(r => roles.includes(r))) say('an unknown role', e)
  for (const e of all('li')) if (!e.parentElement.matches('ul, ol, menu, [role=list]')) say('an item outside a list', e)
  for (const e of all('ul, ol')) for (const c of e.children) if (!c.matches('li, template, script')) say('a list holds what is no item', c)
  for (const e of all('dt, dd')) if (!e.closest('dl')) say('a term outside a list of terms', e)
  for (const t of all('table')) {
    if (!t.matches('[role=presentation]') && !t.querySelector('th')) say('a table without headings', t)
    for (const th of t.querySelectorAll('th')) if (!th.hasAttribute('scope')) say('a table heading without a scope', th)
    if (!t.matches('[role=presentation]') && !t.caption && !t.getAttribute('aria-label') && !t.getAttribute('aria-labelledby')) say('a table without a name', t)
  }
  for (const e of all('a a, a button, button a, button button, button input, a input, label label')) say('a control within a control', e)
  for (const e of all('[tabindex]')) if (e.tabIndex > 0) say('the order of the Tab key is changed', e)
  for (const e of all('[accesskey]')) say('an access key shadows the browser’s or a screen reader’s', e)
  for (const e of all('[aria-hidden=true] :is(a[href], button, input, select, textarea, summary)')) if (shown(e) && e.tabIndex >= 0) say('what is hidden from screen readers takes the focus', e)
  for (const e of all('svg')) if (shown(e) && !hidden(e) && !(e.getAttribute('role') === 'img' && (name(e) || e.querySelector('title')))) say('a picture that is read aloud without words', e)
  for (const e of all('img')) if (!e.hasAttribute('alt')) say('a picture without a text', e)
  for (const e of all('[aria-live]:not([aria-live=polite], [aria-live=assertive], [aria-live=off])')) say('an unknown live region', e)

  // --- names, labels, sizes
  const controls = all('a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, progress, meter, [role=button], [role=dialog], [role=textbox], [role=tab], [role=checkbox], [contenteditable=true]')
  for (const e of controls) {
    const called = name(e)
    if (!called && !hidden(e)) say('no name', e)
    const label = words(e.getAttribute('aria-label')), seen = words([...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data).join(' '))
    if (label && !e.matches('[role=textbox], textarea') && seen.length > 1 && /\p{L}/u.test(seen) && !label.toLocaleLowerCase().includes(seen.toLocaleLowerCase())) say(`its name “${label}” lacks the words that are seen`, e)
    if (!shown(e) || e.disabled || e.matches('.skip, iframe, progress, meter, [role=dialog]')) continue
    const box = (e.matches('[type=checkbox], [type=radio]') && e.labels?.[0] || e).getBoundingClientRect()
    const inText = e.matches(':is(p, li, dd, span, td, th, bdi, label) a') && getComputedStyle(e).display === 'inline'
    if (inText) continue
    if (box.height < 23.5 || box.width < 23.5) { if (!e.matches('.handle')) say(`too small to hit (${Math.round(box.width)}×${Math.round(box.height)})`, e) }
    else if (innerWidth <= 480 && box.height < 43.5 && !e.matches('[type=checkbox], [type=radio], .handle')) say(`too low for a finger (${Math.round(box.height)})`, e)
  }

  // --- languages: what is written from right to left says so
  for (const e of all('.text')) if (!e.matches('[dir]')) say('a text without a direction', e)
  const arabic = /[\u0620-\u064a\u066e-\u06d3]{2}/, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const rtl = ['ar', 'ckb', 'fa', 'ur', 'he']
  const texts = []
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement
    if (!words(n.data) || e.closest('template, script, style, noscript, option, [contenteditable], textarea') || !shown(e)) continue
    texts.push([n, e])
    if (arabic.test(n.data) && !rtl.includes((e.closest('[lang]')?.lang ?? '').split('-')[0]) && !e.closest('bdi, [dir=auto]')) say('Arabic words that no language is said of', e)
  }
  for (const e of all('[lang|=ar].text')) {
    if (!shown(e)) continue
    const s = getComputedStyle(e)
    if (s.direction !== 'rtl' || s.letterSpacing !== 'normal' || s.fontStyle !== 'normal' || s.textTransform !== 'none' || parseFloat(s.lineHeight) / parseFloat(s.fontSize) < 1.55)
      say(`Arabic is set as ${s.direction}, ${s.letterSpacing}, ${s.fontStyle}, ${s.lineHeight} over ${s.fontSize}`, e)
  }

  // --- contrast, from the styles that count
  const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const known = new Map()
  const colour = css => {
    if (!known.has(css)) {
      brush.clearRect(0, 0, 1, 1)
      brush.fillStyle = css
      brush.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data
      known.set(css, [r, g, b, a / 255])
    }
    return known.get(css)
  }
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1)
  const ground = e => {
    const layers = []
    for (let p = e; p; p = p.parentElement) {
      const s = getComputedStyle(p)
      if (s.backgroundImage !== 'none') return null
      const c = colour(s.backgroundColor)
      layers.push(c)
      if (c[3] === 1) break
      if (p.matches('dialog, [popover]') || s.position === 'fixed') continue
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255, 1])
  }
  const light = c => [0, 1, 2].reduce((sum, i) => { const v = c[i] / 255; return sum + [.2126, .7152, .0722][i] * (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4) }, 0)
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + .05) / (y + .05) }
  const told = new Set()
  for (const [n, e] of texts) {
    if (e.closest(':disabled, [aria-disabled=true], .sr, .skip') || !/[\p{L}\p{N}]/u.test(n.data)) continue
    const s = getComputedStyle(e), on = ground(e)
    if (!on) continue
    let opacity = 1
    for (let p = e; p; p = p.parentElement) opacity *= Number(getComputedStyle(p).opacity)
    const c = colour(s.color), ink = over([c[0], c[1], c[2], c[3] * opacity], on)
    const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && Number(s.fontWeight) >= 700
    const r = ratio(ink, on)
    const key = e.className + s.color + on
    if (r < (large ? 3 : 4.5) - .05 && !told.has(key)) { told.add(key); say(`a contrast of ${r.toFixed(2)}`, e) }
  }
  for (const e of all('input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea')) {
    if (!shown(e) || e.disabled) continue
    const on = ground(e.parentElement), s = getComputedStyle(e)
    if (on && parseFloat(s.borderTopWidth) > 0 && ratio(over(colour(s.borderTopColor), on), on) < 2.95 && ratio(over(colour(s.backgroundColor), on), on) < 2.95) say('the edge of a field is hard to see', e)
  }

  // --- the focus can be seen
  const had = document.activeElement, x = scrollX, y = scrollY
  const look = e => { const s = getComputedStyle(e); return [s.outlineStyle === 'none' || s.outlineWidth === '0px' ? '' : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor, s.textDecorationLine].join('|') }
  const kinds = new Set()
  for (const e of all('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
    if (!shown(e) || e.disabled || e === had) continue
    const kind = e.tagName + e.className + e.parentElement.className
    if (kinds.has(kind)) continue
    kinds.add(kind)
    const before = look(e), label = e.labels?.[0], beforeLabel = label && look(label)
    e.focus({ preventScroll: true, focusVisible: true })
    if (document.activeElement === e && look(e) === before && !(label && look(label) !== beforeLabel)) say('its focus cannot be seen', e)
  }
  if (had && had !== document.body) had.focus({ preventScroll: true })
  else document.activeElement?.blur()
  scrollTo(x, y)
  return JSON.stringify([...out])
})()

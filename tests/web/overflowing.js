// What does not fit on this page: wider than the screen, cut off inside of what is pressed, or a word torn into two lines, or Chinese one letter below the other.
() => {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > window.innerWidth) found.push(`the page is ${page.scrollWidth} wide on ${window.innerWidth}`);
  const visible = (element) => element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const scrolled = (element) => {
    for (let above = element; above && above !== document.body; above = above.parentElement)
      if (/auto|scroll/.test(getComputedStyle(above).overflowX) && above.scrollWidth > above.clientWidth) return true;
    return false;
  };
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.trim().slice(0, 60)}”`;
  const torn = (element) => {
    const words = [];
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      for (const { 0: word, index } of texts.currentNode.data.matchAll(/\p{Script=Latin}{4,}/gu)) {
        if (!visible(texts.currentNode.parentElement) || getComputedStyle(texts.currentNode.parentElement).hyphens === "auto") continue;
        const range = document.createRange();
        range.setStart(texts.currentNode, index);
        range.setEnd(texts.currentNode, index + word.length);
        const lines = new Set([...range.getClientRects()].filter((each) => each.width).map((each) => Math.round(each.top)));
        if (lines.size > 1) words.push(word);
      }
    return words;
  };
  const stacked = (element) => {
    const text = document.createRange();
    text.selectNodeContents(element);
    const letters = element.textContent.match(/\p{Script=Han}/gu)?.length ?? 0;
    const lines = [...text.getClientRects()].filter((each) => each.width);
    const size = parseFloat(getComputedStyle(element).fontSize);
    return letters > 2 && lines.length > 2 && lines.every((each) => each.width < size * 1.5);
  };
  for (const element of document.querySelectorAll("button, summary, .button, .chip, a, label, legend, th, td, h1, h2, h3, p, li")) {
    if (!visible(element) || element.closest(".read-only-aloud, svg")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > window.innerWidth + 1 && !scrolled(element)) found.push(`outside: ${name(element)}`);
    if (stacked(element)) found.push(`stacked: ${name(element)}`);
    const pressed = element.matches("button, summary, .button, .chip");
    if (pressed || element.matches("h1, h2, h3")) for (const word of torn(element)) found.push(`torn: ${word} in ${name(element)}`);
    if (!pressed) continue;
    const text = document.createRange();
    text.selectNodeContents(element);
    const inside = text.getBoundingClientRect();
    for (const part of element.querySelectorAll("*"))
      if (visible(part) && getComputedStyle(part).overflowX === "hidden" && part.scrollWidth > part.clientWidth + 1) found.push(`cut short: ${name(part)}`);
    if (inside.width > box.width + 1 || inside.height > box.height + 1) found.push(`cut off: ${name(element)}`);
  }
  return found;
}

// What does not fit on this page: wider than the screen, or cut off inside of what is pressed or read as a heading.
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
  for (const element of document.querySelectorAll("button, summary, .button, .chip, a, label, legend, th, td, h1, h2, h3, p, li")) {
    if (!visible(element) || element.closest(".read-only-aloud, svg")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > window.innerWidth + 1 && !scrolled(element)) found.push(`outside: ${name(element)}`);
    const pressed = element.matches("button, summary, .button, .chip");
    if (!pressed) continue;
    const text = document.createRange();
    text.selectNodeContents(element);
    const inside = text.getBoundingClientRect();
    if (inside.width > box.width + 1 || inside.height > box.height + 1) found.push(`cut off: ${name(element)}`);
  }
  return found;
}

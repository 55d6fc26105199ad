// What is measured inside the page: this text is evaluated in the browser, so it is JavaScript, and imports nothing.
/* global document, getComputedStyle */
/* eslint no-unused-vars: off -- the tests call them by name */

/** Letters outside their box or their picture, and letters on one another. */
function misfits() {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll('text')];
    const boxes = [...svg.querySelectorAll('rect')].map((box) => box.getBoundingClientRect());
    const all = texts.map((text) => ({ said: text.textContent, at: text.getBoundingClientRect() }));
    for (const [i, { said, at }] of all.entries()) {
      // A picture may be cut by a hair where its edge is between two pixels.
      const slack = 1.5;
      if (at.left < frame.left - slack || at.right > frame.right + slack)
        found.push(`outside the picture: ${said}`);
      const box = boxes.find((one) => at.top >= one.top - slack && at.bottom <= one.bottom + slack);
      if (box && at.right > box.right - 4) found.push(`outside its box: ${said}`);
      for (const other of all.slice(i + 1)) {
        const across = Math.min(at.right, other.at.right) - Math.max(at.left, other.at.left);
        const down = Math.min(at.bottom, other.at.bottom) - Math.max(at.top, other.at.top);
        if (across > slack && down > 4) found.push(`on one another: ${said} and ${other.said}`);
      }
    }
  }
  return found;
}

/** Contrast of each text with what is behind it, by the formula of WCAG 2. */
function contrasts() {
  const rgb = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r = 0, g = 0, b = 0] = rgb(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const dot = element.previousElementSibling;
    if (element.classList.contains('number') && dot) return getComputedStyle(dot).fill;
    const rect = [...(element.closest('svg')?.querySelectorAll('rect') ?? [])].find((box) => {
      const [a, b] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
      return b.top >= a.top - 1 && b.bottom <= a.bottom + 1;
    });
    if (rect) return getComputedStyle(rect).fill;
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (rgb(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('main *')].filter(
    (element) =>
      !['title', 'desc'].includes(element.tagName) &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()) &&
      element.getBoundingClientRect().width > 0,
  );
  return texts.map((element) => {
    const style = getComputedStyle(element);
    const front = light(element.tagName === 'text' ? style.fill : style.color);
    const back = light(behind(element));
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    return { said: element.textContent?.slice(0, 40) ?? '', ratio };
  });
}

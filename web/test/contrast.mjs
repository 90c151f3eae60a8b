// Contrast of every text that can be seen, computed as WCAG 2.1 (1.4.3) defines it: 4.5, or 3 for
// large text. Grounds are found by walking up to the first opaque one, as a reader sees it.

/** Runs in the page. Texts below their limit, each with its colours and ratio. */
export function faintTexts() {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 1;
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, ground) => top.slice(0, 3).map((value, i) => value * top[3] + ground[i] * (1 - top[3]));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    const page = matchMedia("(prefers-color-scheme: dark)").matches && !layers.some((layer) => layer[3] === 1) ? [0, 0, 0] : [255, 255, 255];
    return layers.reverse().reduce((ground, layer) => over(layer, ground), page);
  };
  const seen = (element) => {
    if (element.closest("[aria-hidden=true], .unseen, :disabled, option, datalist, script, style, .stale")) return false;
    return element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && element.getClientRects().length > 0;
  };
  const faint = [];
  const judge = (element, text, colour) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ground = groundOf(element instanceof SVGElement ? element.ownerSVGElement : element);
    const found = ratio(over(rgba(colour), ground), ground);
    if (found < (large ? 3 : 4.5))
      faint.push(`${found.toFixed(2)} "${text.slice(0, 40)}" ${colour} on rgb(${ground.map(Math.round)}) <${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    if (!text || !element || !seen(element)) continue;
    const style = getComputedStyle(element);
    judge(element, text, element instanceof SVGElement ? style.fill : style.color);
  }
  for (const input of document.querySelectorAll("input, select, textarea")) {
    if (!seen(input) || ["checkbox", "file"].includes(input.type)) continue;
    judge(input, input.value || "empty", getComputedStyle(input).color);
    if (input.placeholder) judge(input, input.placeholder, getComputedStyle(input, "::placeholder").color);
  }
  return faint;
}

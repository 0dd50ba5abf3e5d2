// The only way text gets into this page: as text.

/**
 * @param {string} id
 * @returns {any} the element; it is in the page, or the page is broken
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element;
}

/**
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} attributes
 * @param {...(Node | string)} children strings become text, never HTML
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A round mark with the initial of a name, in a colour of its own. @param {string} name */
export function makeAvatar(name) {
  const [initial = '?'] = name;
  const avatar = make('span', { class: 'avatar', 'aria-hidden': 'true' }, initial.toUpperCase());
  avatar.style.setProperty('--hue', String(hueOf(name)));
  return avatar;
}

/** @param {string} name */
function hueOf(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3600;
  return hash / 10;
}

const tabs = [...document.querySelectorAll('[data-tab]')];

/** On a phone one part of the chat is shown at a time. @param {string} view */
export function showTab(view) {
  document.body.dataset.view = view;
  for (const tab of tabs) {
    tab.setAttribute('aria-pressed', String(tab.getAttribute('data-tab') === view));
  }
}

export function startTabs() {
  for (const tab of tabs) {
    tab.addEventListener('click', () => showTab(tab.getAttribute('data-tab') ?? 'chat'));
  }
}

// Everything here is a convenience: each page works without it.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');

  // Large print without losing what is typed or shown.
  const form = document.querySelector('[data-large-print]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const large = root.classList.toggle('large');
    document.cookie = `jiesu_large=${large ? 1 : 0}; Path=/; Max-Age=31536000; SameSite=Lax`;
    form.elements.large.value = large ? '0' : '1';
    form.querySelector('button').textContent = large ? '标准字号' : '大字版';
  });

  document.querySelector('[data-focus]')?.focus();

  // A form that opens something is sent once; the server would know anyway.
  for (const once of document.querySelectorAll('form[data-once]')) {
    once.addEventListener('submit', (event) => {
      const button = once.querySelector('button[type=submit]');
      if (button.getAttribute('aria-disabled') === 'true') {
        event.preventDefault();
        return;
      }
      button.setAttribute('aria-disabled', 'true');
      button.textContent = '正在提交…';
    });
  }
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      for (const button of document.querySelectorAll('form[data-once] button[type=submit]')) {
        button.removeAttribute('aria-disabled');
        button.textContent = '提交';
      }
    }
  });

  // Ask only what the kind of letter needs.
  const depends = document.querySelectorAll('[data-for-kind]');
  const showFor = () => {
    const kind = document.querySelector('input[name=kind]:checked')?.value;
    for (const part of depends) {
      part.hidden = !part.dataset.forKind.split(' ').includes(kind);
    }
  };
  if (depends.length > 0) {
    document.querySelector('form.letter')?.addEventListener('change', showFor);
    showFor();
  }

  document.querySelector('[data-print]')?.addEventListener('click', () => {
    for (const details of document.querySelectorAll('details')) {
      details.open = true;
    }
    window.print();
  });

  const copy = document.querySelector('[data-copy]');
  copy?.addEventListener('click', async () => {
    const text = [...document.querySelectorAll(copy.dataset.copy)].map((e) => {
      const label = e.closest('div').querySelector('dt').textContent;
      return `${label}：${e.textContent}`;
    }).join('\n');
    const said = document.querySelector('[data-copied]');
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = '已复制';
    } catch {
      said.textContent = '没能复制，请抄下来';
    }
  });
})();

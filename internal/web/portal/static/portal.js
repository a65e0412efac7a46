// Everything here is a convenience: each page works without it.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');

  // The elder version without losing what is typed or shown.
  const form = document.querySelector('[data-large-print]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const large = root.classList.toggle('large');
    document.cookie = `jiesu_large=${large ? 1 : 0}; Path=/; Max-Age=31536000; SameSite=Lax`;
    form.elements.large.value = large ? '0' : '1';
    form.querySelector('button').textContent = large ? '标准版' : '长辈版';
  });

  // A form that opens something is sent once; the server would know anyway.
  const once = (form) => form.addEventListener('submit', (event) => {
    const button = form.querySelector('button[type=submit]');
    if (button.getAttribute('aria-disabled') === 'true') {
      event.preventDefault();
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    button.dataset.label = button.textContent;
    button.textContent = '正在提交…';
  });
  const again = () => {
    for (const button of document.querySelectorAll('form[data-once] button[data-label]')) {
      button.removeAttribute('aria-disabled');
      button.textContent = button.dataset.label;
    }
  };

  // Ask only what the kind of letter needs.
  const ask = (letter) => {
    const depends = document.querySelectorAll('[data-for-kind]');
    const showFor = () => {
      const kind = letter.querySelector('input[name=kind]:checked')?.value;
      for (const part of depends) {
        part.hidden = !part.dataset.forKind.split(' ').includes(kind);
      }
    };
    letter.addEventListener('change', showFor);
    showFor();
  };

  const copy = async (button) => {
    const text = [...document.querySelectorAll(button.dataset.copy)].map((e) => {
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
  };

  // wire sees to what is in the page now: form.js puts answers into it.
  const wire = () => {
    document.querySelector('[data-focus]')?.focus();
    for (const form of document.querySelectorAll('form[data-once]')) {
      once(form);
    }
    const letter = document.querySelector('form.letter');
    if (letter && letter.querySelector('input[name=kind]')) {
      ask(letter);
    }
    document.querySelector('[data-print]')?.addEventListener('click', () => {
      for (const details of document.querySelectorAll('details.days')) {
        details.open = true;
      }
      window.print();
    });
    const button = document.querySelector('[data-copy]');
    button?.addEventListener('click', () => copy(button));
  };
  document.addEventListener('jiesu:page', wire);
  document.addEventListener('jiesu:again', again);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      again();
    }
  });
  wire();
})();

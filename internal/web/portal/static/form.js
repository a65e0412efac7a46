// Sends the forms of a page without leaving it, so that a lost connection loses
// nothing. Everything here is a convenience: each form works without it.
(() => {
  'use strict';
  const main = document.getElementById('main');
  const patience = 180000; // milliseconds
  const tell = (name) => document.dispatchEvent(new CustomEvent(name));

  const failed = (form, words) => {
    tell('jiesu:again');
    form.querySelector('[data-failed]')?.remove();
    const said = document.createElement('p');
    said.className = 'field-problem';
    said.setAttribute('role', 'alert');
    said.dataset.failed = '';
    said.textContent = words;
    form.querySelector('button[type=submit]').closest('.actions').before(said);
  };

  // show puts the page that came back in the place of this one.
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const next = page.getElementById('main');
    if (!next) {
      return false;
    }
    document.title = page.title;
    main.innerHTML = next.innerHTML;
    if (main.querySelector('.ticket-id')) {
      forget();
    }
    window.scrollTo(0, 0);
    main.focus();
    tell('jiesu:page');
    letter();
    return true;
  };

  const progress = (form) => {
    const place = form.querySelector('[data-sending]');
    const files = form.querySelector('input[type=file]');
    if (!place || !files || files.files.length === 0) {
      return () => {};
    }
    const bar = document.createElement('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', '附件上传进度');
    place.replaceChildren?.('正在上传附件', bar);
    return (event) => {
      if (event.lengthComputable) {
        bar.value = event.loaded / event.total;
      }
    };
  };

  main.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.hasAttribute('data-once')) {
      return;
    }
    event.preventDefault();
    const fields = new FormData(form);
    const request = new XMLHttpRequest();
    request.open('POST', form.getAttribute('action'));
    request.setRequestHeader('Accept', 'text/html');
    request.timeout = patience;
    request.upload.onprogress = progress(form);
    const lost = () => {
      form.querySelector('[data-sending]')?.replaceChildren?.();
      failed(form, '没有发出去，可能是网络断了。您填的都还在，连上网以后请再点一次；点两次也只算一次。');
    };
    request.onerror = lost;
    request.ontimeout = lost;
    request.onload = () => {
      if (!show(request.responseText)) {
        failed(form, '没有办成，请过一会儿再试。您填的都还在。');
      }
    };
    request.send(form.enctype === 'multipart/form-data' ? fields : new URLSearchParams(fields));
  });

  // What is kept of an unfinished letter, for whoever asks for it: never of a
  // report, never a name or a number, and only as long as this tab lives.
  const key = 'jiesu:letter';
  const kept = ['title', 'body'];
  const storage = () => {
    try {
      return window.sessionStorage;
    } catch {
      return null; // the browser forbids it
    }
  };
  const forget = () => storage()?.removeItem(key);

  const keep = (form) => {
    const field = form.querySelector('[data-keep]');
    const box = field?.querySelector('input');
    if (!box || !storage()) {
      return;
    }
    const isReport = () => form.elements.kind.value === 'report';
    const save = () => {
      field.hidden = isReport();
      if (!box.checked || isReport()) {
        forget();
        return;
      }
      storage().setItem(key, JSON.stringify(kept.map((name) => form.elements[name].value)));
    };
    const before = storage().getItem(key);
    if (before) {
      box.checked = true;
      JSON.parse(before).forEach((value, i) => {
        form.elements[kept[i]].value = form.elements[kept[i]].value || value;
      });
    }
    form.addEventListener('input', save);
    form.addEventListener('change', save);
    save();
  };

  // What may answer the letter, while it is written.
  const suggest = (form) => {
    const place = form.querySelector('[data-beforehand]');
    if (!place) {
      return;
    }
    let waiting = 0;
    let asked = '';
    const look = async () => {
      const title = form.elements.title.value.trim();
      const body = form.elements.body.value.trim().slice(0, 200);
      const wants = place.dataset.forKind.split(' ').includes(form.elements.kind.value);
      if (!wants || title.length + body.length < 4 || asked === title + body) {
        return;
      }
      asked = title + body;
      try {
        const answer = await fetch(place.dataset.beforehand, { method: 'POST', headers: { Accept: 'text/html' }, body: new URLSearchParams({ title, body }) });
        if (!answer.ok) {
          return;
        }
        place.innerHTML = await answer.text();
        if (place.querySelector('details')) {
          form.elements.seen.value = '1';
        }
      } catch {
        asked = ''; // no connection: another time
      }
    };
    form.addEventListener('input', () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(look, 700);
    });
    form.addEventListener('change', look);
  };

  const letter = () => {
    const form = document.getElementById('letter');
    if (form) {
      keep(form);
      suggest(form);
    }
  };
  letter();
})();

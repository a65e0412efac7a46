import { Client, type Ports, type Socket } from './client'
import { button } from './dom'
import { type KeyValue, Memory, ram } from './memory'
import { css } from './style'
import { View } from './view'

// <jiesu-chat server="https://…" title="…" open mode="page">

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : ''

function storage(): KeyValue {
  try {
    const probe = 'jiesu:probe'
    localStorage.setItem(probe, '1')
    localStorage.removeItem(probe)
    return localStorage
  } catch {
    return ram()
  }
}

function browser(): Ports {
  return {
    fetch: (url, init) => fetch(url, init),
    socket: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
    now: () => Date.now(),
    random: () => Math.random(),
    after(ms, run) {
      const id = setTimeout(run, ms)
      return () => clearTimeout(id)
    },
  }
}

function dress(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    return
  }
  const style = document.createElement('style')
  style.textContent = css
  root.append(style)
}

class JiesuChat extends HTMLElement {
  private client: Client | null = null
  private view: View | null = null
  private launcher: HTMLButtonElement | null = null
  private readonly whenOnline = () => this.client?.online()
  private readonly whenOffline = () => this.client?.offline()
  private whenElsewhere: ((e: StorageEvent) => void) | null = null

  connectedCallback(): void {
    if (this.client) return
    const server = new URL(this.getAttribute('server') || script || location.href, location.href).origin
    const memory = new Memory(storage(), server)
    const title = this.getAttribute('title') || '在线对话'
    const page = this.getAttribute('mode') === 'page'
    this.removeAttribute('title') // it would pop up as a tool tip
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.replaceChildren()
    dress(root)
    this.client = new Client(server, memory, browser(), () => this.view?.update())
    this.view = new View(this.client, server, title, page ? null : () => this.show(false))
    this.view.panel.classList.add(page ? 'page' : 'float')
    root.append(this.view.panel)
    if (!page) {
      this.launcher = button(title, 'launch', () => this.show(true))
      this.launcher.setAttribute('aria-expanded', 'false')
      root.append(this.launcher)
      this.toggle(this.hasAttribute('open'))
    }
    window.addEventListener('online', this.whenOnline)
    window.addEventListener('offline', this.whenOffline)
    this.whenElsewhere = (e) => {
      if (e.key === memory.sessionKey) this.client?.elsewhere()
    }
    window.addEventListener('storage', this.whenElsewhere)
    this.client.start()
  }

  disconnectedCallback(): void {
    window.removeEventListener('online', this.whenOnline)
    window.removeEventListener('offline', this.whenOffline)
    if (this.whenElsewhere) window.removeEventListener('storage', this.whenElsewhere)
    this.client?.stop()
    this.client = null
    this.view = null
  }

  private show(open: boolean): void {
    this.toggle(open)
    if (open) this.view?.focus()
    else this.launcher?.focus()
  }

  private toggle(open: boolean): void {
    if (!this.view || !this.launcher) return
    this.view.panel.hidden = !open
    this.launcher.hidden = open
    this.launcher.setAttribute('aria-expanded', String(open))
    this.toggleAttribute('open', open)
  }
}

if (!customElements.get('jiesu-chat')) customElements.define('jiesu-chat', JiesuChat)

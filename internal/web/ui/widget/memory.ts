// What survives a reload: whose conversation this is, and what was typed but is
// not yet known to be stored. Each unsent message has a key of its own, so that
// two tabs never overwrite each other's.

export interface Session {
  conversation: string
  token: string
}

export interface Unsent {
  cid: string
  kind: string
  body: Record<string, unknown>
}

export interface KeyValue {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** ram stands in where a browser keeps nothing, e.g. in private mode. */
export function ram(): KeyValue {
  const m = new Map<string, string>()
  return {
    get length() {
      return m.size
    },
    key: (i) => [...m.keys()][i] ?? null,
    getItem: (k) => m.get(k) ?? null,
    setItem: (k, v) => void m.set(k, v),
    removeItem: (k) => void m.delete(k),
  }
}

export class Memory {
  readonly sessionKey: string
  private readonly ratedKey: string
  private readonly prefix: string

  constructor(
    private readonly store: KeyValue,
    server: string,
  ) {
    this.prefix = `jiesu:${server}:out:`
    this.sessionKey = `jiesu:${server}:session`
    this.ratedKey = `jiesu:${server}:rated`
  }

  session(): Session | null {
    const s = this.read<Session>(this.sessionKey)
    return s && typeof s.conversation === 'string' && typeof s.token === 'string' ? s : null
  }

  keepSession(s: Session | null): void {
    this.write(this.sessionKey, s)
    if (!s) this.write(this.ratedKey, null)
  }

  /** rated lists the messages of this conversation that were rated here. */
  rated(): number[] {
    const r = this.read<number[]>(this.ratedKey)
    return Array.isArray(r) ? r : []
  }

  keepRated(seq: number): void {
    this.write(this.ratedKey, [...this.rated(), seq])
  }

  /** unsent lists what waits, oldest first. */
  unsent(): Unsent[] {
    const found: Unsent[] = []
    for (let i = 0; i < this.store.length; i++) {
      const key = this.store.key(i)
      const u = key?.startsWith(this.prefix) ? this.read<Unsent>(key) : null
      if (u && typeof u.cid === 'string' && typeof u.kind === 'string' && u.body) found.push(u)
    }
    return found.sort((a, b) => (a.cid < b.cid ? -1 : 1))
  }

  keep(u: Unsent): void {
    this.write(this.prefix + u.cid, u)
  }

  drop(cid: string): void {
    this.write(this.prefix + cid, null)
  }

  private read<T>(key: string): T | null {
    try {
      return JSON.parse(this.store.getItem(key) ?? 'null') as T | null
    } catch {
      return null
    }
  }

  private write(key: string, value: unknown): void {
    try {
      if (value === null) this.store.removeItem(key)
      else this.store.setItem(key, JSON.stringify(value))
    } catch {
      // A full or forbidden storage costs the reload, not the message.
    }
  }
}

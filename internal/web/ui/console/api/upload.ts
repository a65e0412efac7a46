import { api, got } from './client'

/** octets sends a file as it is. */
export const octets = (file: Blob) => ({
  body: file as unknown as string, // a description has no other word for bytes
  bodySerializer: () => file,
  headers: { 'Content-Type': 'application/octet-stream' },
})

/** upload keeps a file until something names it. */
export const upload = (file: File) =>
  got(
    api.POST('/api/v1/attachments', {
      body: { file: file as unknown as string },
      bodySerializer: () => {
        const form = new FormData()
        form.append('file', file)
        return form
      },
    }),
  )

/** octets sends a file as it is. */
export const octets = (file: Blob) => ({
  body: file as unknown as string, // a description has no other word for bytes
  bodySerializer: () => file,
  headers: { 'Content-Type': 'application/octet-stream' },
})

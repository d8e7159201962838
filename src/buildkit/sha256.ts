/** The input `buildctl-sha256`: 64 hex digits, with or without `sha256:` before them. */
export function parseSha256(text: string): string {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text) ?? [];
  if (hex === undefined) throw new Error(`${JSON.stringify(text)} is not a SHA-256: 64 hex digits`);
  return hex.toLowerCase();
}

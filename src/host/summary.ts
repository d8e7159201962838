/** Markdown of at most so many bytes, cut between two lines; what is left out is said. */
export function boundSummary(markdown: string, bytes: number): string {
  if (Buffer.byteLength(markdown) <= bytes) return markdown;
  const note = "\n\n*The rest does not fit here.*\n";
  const room = bytes - Buffer.byteLength(note);
  if (room <= 0) return "";
  const kept = Buffer.from(markdown)
    .subarray(0, room + 1)
    .toString("utf8");
  const end = kept.lastIndexOf("\n");
  return end === -1 ? "" : `${kept.slice(0, end)}${note}`;
}

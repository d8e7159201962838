/** `git@host:owner/repo.git`. What is before a colon and looks less like a host may be a drive, a scheme or an abbreviation. */
const scpPattern = /^(?:[^@/\s]+@([\w.-]+)|([\w-]+(?:\.[\w-]+)+)):\/?([^\s]+)$/;

/**
 * The web page of a repository by the URL that it is cloned from, without credentials and `.git`. Undefined for a path, and
 * for what is no URL.
 */
export function repositoryPage(remote: string | undefined): string | undefined {
  if (remote === undefined) return undefined;
  const [scp, host, bareHost, path] = remote.includes("://") ? [] : (scpPattern.exec(remote) ?? []);
  const url = parseUrl(scp === undefined ? remote : `https://${host ?? bareHost}/${path}`);
  if (url === undefined || url.hostname === "") return undefined;
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  if (!isWeb && !/^(?:git|ssh|git\+ssh):$/.test(url.protocol)) return undefined;
  const page = url.pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  if (page === "") return undefined;
  // The port of ssh is not that of the pages.
  return isWeb ? `${url.origin}${page}` : `https://${url.hostname}${page}`;
}

/** A web address without credentials. Undefined for what is none. */
export function webAddress(text: string | undefined): string | undefined {
  const url = text === undefined ? undefined : parseUrl(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  url.username = "";
  url.password = "";
  return url.href;
}

function parseUrl(text: string): URL | undefined {
  // The parser would drop control characters in silence, and spaces at the ends.
  return /[\s\p{Cc}]/u.test(text) || !URL.canParse(text) ? undefined : new URL(text);
}

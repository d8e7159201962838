/**
 * SHA-256 of the archives on BuildKit's own release page, by their names without `.tar.gz`. Only what several
 * independent projects pin, too, stands here; what is not here is verified by the release's provenance.
 */
export const knownDigests: Readonly<Record<string, string>> = {
  "buildkit-v0.32.2.linux-amd64": "2975d0f651ad96ba8b80b9992ae1f9a964f4408569af5b6dc36544165c3926af",
  "buildkit-v0.32.2.linux-arm64": "9e8f46bf309ec0ab262967be5538a4dbe06be756a82621f98253933bac5dcf92",
};

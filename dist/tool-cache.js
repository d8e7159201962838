export { t as cacheDir } from "./vendor-tool-cache.js";

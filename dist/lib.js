export { n as HttpClient } from "./vendor-undici.js";

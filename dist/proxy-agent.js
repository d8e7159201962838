import { c as require_proxy_agent } from "./vendor-undici.js";
export default require_proxy_agent();
export {};

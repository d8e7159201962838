import { n as require_pool } from "./vendor-undici.js";
export default require_pool();
export {};

import { r as require_connect } from "./vendor-undici.js";
export default require_connect();
export {};

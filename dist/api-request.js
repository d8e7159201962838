import { t as require_api_request } from "./vendor-undici.js";
export default require_api_request();
export {};

export { g as checkRemoteTls } from "./shared.js";

export { w as checkRemoteTls } from "./shared.js";

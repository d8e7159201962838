export { L as checkRemoteTls } from "./shared.js";

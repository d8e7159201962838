export { A as planDaemonProcess, j as probeProcess, M as processAddress, N as processLog } from "./shared.js";

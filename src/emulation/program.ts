/**
 * What every proof program ends with, and all that it does. Not 0, which a program that was never started may seem to end
 * with, and not what others end with when they could not start it: shells 1, 2, 126 and 127, container engines 125 to 127,
 * QEMU 1 and 255, and 128 and up for signals.
 */
export const proofExitCode = 42;

/** A program that asks the kernel for `exit(42)`: its instructions, and what an ELF header says of them. */
interface Source {
  /** `e_machine` of the ELF header. */
  readonly machine: number;
  readonly bits: 32 | 64;
  readonly byteOrder: "little" | "big";
  /** `e_flags`: which ABI, where an architecture has several. */
  readonly flags: number;
  /** In hexadecimal as a disassembler shows them: bytes on x86, which has no words, and words on the others. */
  readonly instructions: readonly string[];
}

const sources: Readonly<Record<string, Source>> = {
  "386": {
    machine: 3,
    bits: 32,
    byteOrder: "little",
    flags: 0,
    instructions: [
      "bb2a000000", // mov $42, %ebx
      "b801000000", // mov $1, %eax       exit
      "cd80", //       int $0x80
    ],
  },
  amd64: {
    machine: 62,
    bits: 64,
    byteOrder: "little",
    flags: 0,
    instructions: [
      "bf2a000000", // mov $42, %edi
      "b83c000000", // mov $60, %eax      exit
      "0f05", //       syscall
    ],
  },
  // ARM mode and only what ARMv4 has, so that v5, v6 and v7 all run it. Flags: EABI version 5, either float ABI.
  arm: {
    machine: 40,
    bits: 32,
    byteOrder: "little",
    flags: 0x0500_0000,
    instructions: [
      "e3a0002a", // mov r0, #42
      "e3a07001", // mov r7, #1           exit
      "ef000000", // svc 0
    ],
  },
  arm64: {
    machine: 183,
    bits: 64,
    byteOrder: "little",
    flags: 0,
    instructions: [
      "d2800540", // mov x0, #42
      "d2800ba8", // mov x8, #93          exit
      "d4000001", // svc #0
    ],
  },
  // Flags: object file ABI 1, without a floating-point unit.
  loong64: {
    machine: 258,
    bits: 64,
    byteOrder: "little",
    flags: 0x41,
    instructions: [
      "0380a804", // ori $a0, $zero, 42
      "0381740b", // ori $a7, $zero, 93   exit
      "002b0000", // syscall 0
    ],
  },
  // Flags: MIPS III, the oldest with 64 bits; ABI n64, whose system calls begin at 5000.
  mips64: {
    machine: 8,
    bits: 64,
    byteOrder: "big",
    flags: 0x2000_0000,
    instructions: [
      "2404002a", // li $a0, 42
      "240213c2", // li $v0, 5058         exit
      "0000000c", // syscall
    ],
  },
  mips64le: {
    machine: 8,
    bits: 64,
    byteOrder: "little",
    flags: 0x2000_0000,
    instructions: [
      "2404002a", // li $a0, 42
      "240213c2", // li $v0, 5058         exit
      "0000000c", // syscall
    ],
  },
  // Flags: ELFv2, where the entry is an address and not a function descriptor.
  ppc64le: {
    machine: 21,
    bits: 64,
    byteOrder: "little",
    flags: 2,
    instructions: [
      "3860002a", // li r3, 42
      "38000001", // li r0, 1             exit
      "44000002", // sc
    ],
  },
  riscv64: {
    machine: 243,
    bits: 64,
    byteOrder: "little",
    flags: 0,
    instructions: [
      "02a00513", // li a0, 42
      "05d00893", // li a7, 93            exit
      "00000073", // ecall
    ],
  },
  s390x: {
    machine: 22,
    bits: 64,
    byteOrder: "big",
    flags: 0,
    instructions: [
      "a729002a", // lghi %r2, 42
      "0a01", //     svc 1                exit
    ],
  },
};

/** Architectures that there is a proof program for, in Go's words. */
export const provableArchitectures: readonly string[] = Object.keys(sources);

/** Where the program is in memory: above what kernels keep free, and a multiple of the largest page there is (64 KiB). */
const loadAddress = 0x40_0000;
const pageSize = 0x1_0000;

/**
 * A static ELF executable (https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html) of header, one program header and
 * code; undefined for an architecture that we know no instructions of.
 */
export function proofProgram(architecture: string): Uint8Array | undefined {
  const source = sources[architecture];
  if (source === undefined) return undefined;
  const { bits, flags, machine } = source;
  const code = assemble(source);
  const word = bits / 8;
  const headerSize = bits === 64 ? 64 : 52;
  const segmentSize = bits === 64 ? 56 : 32;
  const start = headerSize + segmentSize;
  const size = start + code.length;

  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const little = source.byteOrder === "little";
  let at = 0;
  const put = (bytes: number, value: number): void => {
    if (bytes === 2) view.setUint16(at, value, little);
    else if (bytes === 4) view.setUint32(at, value, little);
    else view.setBigUint64(at, BigInt(value), little);
    at += bytes;
  };

  file.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, little ? 1 : 2, 1]);
  at = 16;
  put(2, 2); // e_type: executable
  put(2, machine);
  put(4, 1); // e_version
  put(word, loadAddress + start); // e_entry
  put(word, headerSize); // e_phoff
  put(word, 0); // e_shoff
  put(4, flags);
  put(2, headerSize); // e_ehsize
  put(2, segmentSize); // e_phentsize
  put(2, 1); // e_phnum
  put(2, 0); // e_shentsize
  put(2, 0); // e_shnum
  put(2, 0); // e_shstrndx

  const readable = 4;
  const executable = 1;
  put(4, 1); // p_type: to be loaded
  if (bits === 64) put(4, readable | executable); // p_flags
  put(word, 0); // p_offset
  put(word, loadAddress); // p_vaddr
  put(word, loadAddress); // p_paddr
  put(word, size); // p_filesz
  put(word, size); // p_memsz
  if (bits === 32) put(4, readable | executable); // p_flags
  put(word, pageSize); // p_align

  file.set(code, start);
  return file;
}

function assemble({ byteOrder, instructions, machine }: Source): Uint8Array {
  const isX86 = machine === 3 || machine === 62;
  return Buffer.concat(
    instructions.map((instruction) => {
      const bytes = Buffer.from(instruction, "hex");
      return byteOrder === "little" && !isX86 ? bytes.toReversed() : bytes;
    }),
  );
}

// Bytes as they come. Small pieces are copied together: a sender that sends one byte at a time would otherwise cost a
// hundred bytes for each.

const BLOCK = 64 * 1024;

export class Bytes {
  readonly #whole: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(piece: Buffer): void {
    this.#size += piece.length;
    if (piece.length >= BLOCK / 4) {
      this.#endBlock();
      this.#whole.push(piece);
      return;
    }
    if (this.#used + piece.length > this.#block.length) {
      this.#endBlock();
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
    }
    this.#used += piece.copy(this.#block, this.#used);
  }

  /** All of it; nothing is left here. */
  take(): Buffer {
    this.#endBlock();
    this.#size = 0;
    return Buffer.concat(this.#whole.splice(0));
  }

  /** Rest of a block is for the next pieces. */
  #endBlock(): void {
    if (this.#used > 0) this.#whole.push(this.#block.subarray(0, this.#used));
    this.#block = this.#block.subarray(this.#used);
    this.#used = 0;
  }
}

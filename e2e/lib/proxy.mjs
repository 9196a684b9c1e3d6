// What a proxy does that looks through everything: an answer is passed on when it
// has ended, and not before.

/** The answers of one connection, on their way to a browser. */
export class Whole {
	/** @type {Buffer} */ #kept = Buffer.alloc(0);

	/** What may go on now that this has come. @param {Buffer} piece @returns {Buffer} */
	pass(piece) {
		this.#kept = Buffer.concat([this.#kept, piece]);
		let end = 0;
		for (let n = length(this.#kept); n; n = length(this.#kept.subarray(end))) end += n;
		const out = this.#kept.subarray(0, end);
		this.#kept = this.#kept.subarray(end);
		return out;
	}

	/** All that was kept back, and this. @param {Buffer} [piece] @returns {Buffer} */
	rest(piece = Buffer.alloc(0)) {
		const out = Buffer.concat([this.#kept, piece]);
		this.#kept = Buffer.alloc(0);
		return out;
	}
}

/** How long the first answer is; 0 while it has not ended. @param {Buffer} b */
function length(b) {
	const head = b.indexOf('\r\n\r\n');
	if (head < 0) return 0;
	const lines = b.subarray(0, head).toString('latin1').toLowerCase();
	const from = head + 4;
	const status = Number(lines.slice(9, 12));
	if (status < 200 || status === 204 || status === 304) return from;
	if (/^transfer-encoding: *chunked/m.test(lines)) {
		for (let at = from; ;) {
			const line = b.indexOf('\r\n', at);
			if (line < 0) return 0;
			const size = Number.parseInt(b.subarray(at, line).toString('latin1'), 16);
			at = line + 2 + size + 2;
			if (at > b.length) return 0;
			if (size === 0) return at;
		}
	}
	const size = /^content-length: *(\d+)/m.exec(lines);
	const end = from + Number(size?.[1]);
	return size && end <= b.length ? end : 0; // without a length it ends with the connection
}

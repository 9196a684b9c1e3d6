// A browser whose profile outlives it: closed in the middle of everything, and
// started again as the next person on the same phone or computer starts it, with
// the tabs of before.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { launch, name } from './browser.mjs';

export class Profile {
	/** @param {string} folder @param {import('./network.mjs').Network} network */
	constructor(folder, network) {
		this.folder = folder;
		this.network = network;
	}

	/** @param {import('./network.mjs').Network} network */
	static async make(network) {
		return new Profile(await mkdtemp(path.join(os.tmpdir(), 'helpline-profile-')), network);
	}

	/** Starts the browser. @param {{ tabs?: boolean }} [how] tabs: with the tabs of before, as people set it */
	start({ tabs = false } = {}) {
		return launch(this.network, { profile: this.folder, tabs });
	}

	/**
	 * Ends the browser so that its tabs come back: Chromium is closed; Firefox,
	 * which closes its tabs first when a tool closes it, has its power cut.
	 * @param {import('puppeteer-core').Browser} browser
	 */
	async end(browser) {
		const p = browser.process();
		if (name !== 'firefox' || !p) return browser.close();
		const gone = new Promise((done) => p.once('exit', done));
		p.kill('SIGKILL');
		await gone;
	}

	/**
	 * The files of the profile that hold a text: as it stands there, in two bytes
	 * a letter, and behind the two ways in which browsers pack what they keep.
	 * @param {string} text
	 */
	async holds(text) {
		const files = (await readdir(this.folder, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
		const forms = [Buffer.from(text), Buffer.from(text, 'utf16le')];
		const found = [];
		for (const f of files) {
			const file = path.join(f.parentPath, f.name);
			const bytes = await readFile(file).catch((err) => {
				if (err.code === 'ENOENT') return Buffer.alloc(0); // what a browser that ends has just taken away holds nothing
				throw err;
			});
			if ([bytes, ...unpacked(bytes)].some((b) => forms.some((form) => b.includes(form)))) found.push(path.relative(this.folder, file));
		}
		return { found, searched: files.length };
	}

	/** Puts a text where the search must find it. @param {string} text @param {boolean} packed */
	async plant(text, packed) {
		const file = path.join(this.folder, 'planted');
		await writeFile(file, packed ? lz4(Buffer.from(text)) : text);
		return () => rm(file);
	}

	remove() {
		return rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}

/** What a file holds once it is unpacked. @param {Buffer} bytes @returns {Buffer[]} */
function unpacked(bytes) {
	const out = [];
	if (bytes.subarray(0, 8).equals(magic)) out.push(unlz4(bytes.subarray(12), bytes.readUInt32LE(8)));
	for (let at = bytes.indexOf(gzip); at >= 0; at = bytes.indexOf(gzip, at + 1)) {
		try {
			out.push(gunzipSync(bytes.subarray(at), { finishFlush: 2 }));
		} catch {
			// three bytes that only looked like it
		}
	}
	return out;
}

const magic = Buffer.from('mozLz40\0');
const gzip = Buffer.from([0x1f, 0x8b, 0x08]);

/** One block of LZ4, as Firefox keeps its sessions. @param {Buffer} from @param {number} size */
function unlz4(from, size) {
	const out = Buffer.alloc(size);
	let i = 0;
	let o = 0;
	/** @param {number} n */
	const length = (n) => {
		if (n < 15) return n;
		for (let more = 255; more === 255 && i < from.length;) n += more = from[i++] ?? 0;
		return n;
	};
	while (i < from.length) {
		const token = from[i++] ?? 0;
		const words = length(token >> 4);
		from.copy(out, o, i, i + words);
		i += words;
		o += words;
		if (i >= from.length) break;
		const back = from.readUInt16LE(i);
		i += 2;
		for (let n = length(token & 15) + 4; n > 0; n--, o++) out[o] = out[o - back] ?? 0;
	}
	return out;
}

/** The same, from literals alone. @param {Buffer} bytes at most 200 */
function lz4(bytes) {
	const size = Buffer.alloc(4);
	size.writeUInt32LE(bytes.length);
	return Buffer.concat([magic, size, Buffer.from([0xf0, bytes.length - 15]), bytes]);
}

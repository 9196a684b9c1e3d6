// One running line: the demonstration on a free port of this machine, with a
// folder of its own that outlives a kill.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.mjs';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The program under test, built by `make e2e`. */
export const program = process.env['HELPLINE'] ?? path.join(here, 'artifacts', 'helpline');

let ports = 0;

/**
 * A port nobody listens on, also in a moment: not one that the system gives to whoever
 * asks for any, and none of those that a file of journeys beside this one tries.
 * @returns {Promise<number>}
 */
export async function freePort() {
	for (;;) {
		const port = 12_000 + (process.pid % 500) * 40 + ports++ % 40;
		const s = net.createServer();
		const free = await new Promise((done) => s.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
		if (!free) continue;
		await new Promise((done) => s.close(done));
		return port;
	}
}

export class Server {
	/** @type {import('node:child_process').ChildProcess | null} */ #process = null;
	#output = '';
	/** @type {string[]} */ #extra;

	/** @param {number} port @param {string} folder @param {string[]} extra */
	constructor(port, folder, extra) {
		this.port = port;
		this.folder = folder;
		this.#extra = extra;
	}

	/**
	 * Starts a line without simulated visitors and without a rota unless told otherwise.
	 * @param {{ visitors?: number, args?: string[], rota?: boolean }} [how]
	 */
	static async start({ visitors = 0, args = [], rota = false } = {}) {
		const folder = await mkdtemp(path.join(os.tmpdir(), 'helpline-journey-'));
		const s = new Server(await freePort(), path.join(folder, 'data'), ['--visitors', String(visitors), rota ? '--rota' : '--no-rota', ...args]);
		await s.restart();
		return s;
	}

	/** A place of its own, where nothing runs yet. */
	static async at() {
		const folder = await mkdtemp(path.join(os.tmpdir(), 'helpline-journey-'));
		return new this(await freePort(), path.join(folder, 'data'), []);
	}

	/** What the program is told. */
	command() {
		return ['demo', '--addr', `127.0.0.1:${this.port}`, '--data', this.folder, ...this.#extra];
	}

	/** Starts the program on its port and folder and waits until it is ready. */
	async restart() {
		if (this.#process) throw new Error('the server is still running');
		this.#output = '';
		const temporary = path.join(path.dirname(this.folder), 'tmp');
		await mkdir(temporary, { recursive: true });
		const p = spawn(program, this.command(), {
			stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: temporary },
		});
		this.#process = p;
		p.stdout.on('data', (/** @type {Buffer} */ b) => (this.#output += b));
		p.stderr.on('data', (/** @type {Buffer} */ b) => (this.#output += b));
		p.on('error', (err) => (this.#output += String(err)));
		p.on('exit', () => {
			if (this.#process === p) this.#process = null;
		});
		// A first start makes keys, and with a rota it fills two drafts before it listens.
		await until('the server is ready', async () => {
			if (this.#process === null) throw new Error(`the server ended: ${this.#output}`);
			return this.answers();
		}, 60_000);
	}

	/** Whether the program answers. Names below localhost are known to browsers and not to every machine. */
	answers() {
		return new Promise((done, fail) => {
			http.get({ host: '127.0.0.1', port: this.port, path: '/healthz', headers: { Host: new URL(this.visitor).host } }, (answer) => {
				answer.resume();
				done(answer.statusCode === 200);
			}).on('error', fail);
		});
	}

	/** Everything the program has printed since its last start. */
	get output() {
		return this.#output;
	}

	/** What the operator can search: every file of the line, its temporary folder, and what it has printed. @param {string} text */
	async holds(text) {
		const home = path.dirname(this.folder);
		const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
		const found = [];
		for (const f of files) {
			const name = path.join(f.parentPath, f.name);
			if ((await readFile(name)).includes(text)) found.push(path.relative(home, name));
		}
		if (this.#output.includes(text)) found.push('what it printed');
		return { found, searched: files.length };
	}

	/** The visitor's address. */
	get visitor() {
		return `http://localhost:${this.port}`;
	}

	/** The address of a staff host. @param {'counsellor' | 'supervisor'} who */
	staff(who) {
		return `http://${who}.localhost:${this.port}`;
	}

	/** Ends the program at once, as a power cut would. */
	kill() {
		return this.#end('SIGKILL');
	}

	/** Ends the program as an upgrade would. */
	stop() {
		return this.#end('SIGTERM');
	}

	/** @param {NodeJS.Signals} signal */
	async #end(signal) {
		const p = this.#process;
		if (!p) return;
		const gone = new Promise((done) => p.once('exit', done));
		p.kill(signal);
		await gone;
		this.#process = null;
	}

	/** Ends the program and removes its folder. */
	async remove() {
		await this.kill();
		await rm(path.dirname(this.folder), { recursive: true, force: true });
	}
}

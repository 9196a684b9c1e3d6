// Text browsers, used as people use them: keys are pressed, and the screen is
// read. tmux is the terminal.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.mjs';

const run = promisify(execFile);

/** What stands on a screen. @typedef {{ lines: string[], column: number, row: number }} Screen */

/** A terminal with one program in it. So high that nothing has to be scrolled. */
class Terminal {
	/** @param {string} folder */
	constructor(folder) {
		this.folder = folder;
		this.socket = path.join(folder, 'tmux');
	}

	/** @param {string[]} command @param {Record<string, string>} env */
	start(command, env) {
		execFileSync('tmux', ['-S', this.socket, '-f', '/dev/null', '-u', 'new-session', '-d', '-x', '100', '-y', '250', ...command], {
			env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', HOME: this.folder, TMUX: '', ...env },
		});
	}

	/** @param {...string} what */
	async tmux(...what) {
		return (await run('tmux', ['-S', this.socket, ...what])).stdout;
	}

	/** @returns {Promise<Screen>} */
	async screen() {
		const [first = '', ...lines] = (await this.tmux('display-message', '-p', '#{cursor_x} #{cursor_y}', ';', 'capture-pane', '-p')).split('\n');
		const [column = 0, row = 0] = first.split(' ').map(Number);
		return { lines, column, row };
	}

	/** Everything on the screen, as one line. */
	async text() {
		return (await this.screen()).lines.join(' ').replaceAll(/\s+/g, ' ');
	}

	/** @param {string} text @param {number} [patience] */
	async toRead(text, patience) {
		let shown = '';
		await until(`the screen shows "${text}"`, async () => {
			shown = await this.text();
			if (shown.includes(text)) return true;
			throw new Error(`it shows: ${shown.slice(0, 4000)}`);
		}, patience);
		return shown;
	}

	/** @param {...string} keys by the names tmux has for them */
	key(...keys) {
		return this.tmux('send-keys', ...keys);
	}

	/** @param {string} text */
	type(text) {
		return this.tmux('send-keys', '-l', '--', text);
	}

	/**
	 * Goes on with the Tab key until the cursor stands where the pattern begins.
	 * @param {RegExp} pattern of the rest of the line
	 */
	async reach(pattern) {
		for (let n = 0; n < 150; n++) {
			const now = await this.screen();
			const at = (now.lines[now.row] ?? '').slice(now.column);
			if (pattern.test(at) || pattern.test(at.trimStart())) return;
			await this.key('Tab');
			await until(`the cursor moves on to ${pattern}`, async () => {
				const then = await this.screen();
				if (then.row !== now.row || then.column !== now.column) return true;
				throw new Error(`it stands at ${now.row}, ${now.column} of: ${now.lines.join('\n').trimEnd()}`);
			});
		}
		throw new Error(`the Tab key does not reach ${pattern}: ${(await this.screen()).lines.join('\n')}`);
	}

	/** Ends the program and forgets everything it has kept. */
	async close() {
		await this.tmux('kill-server').catch(() => undefined);
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** A page in Lynx: boxes are written in where they stand. */
export class Lynx extends Terminal {
	/** @param {string} address @param {string} certificate the one it trusts */
	static async open(address, certificate) {
		const b = new Lynx(await mkdtemp(path.join(os.tmpdir(), 'helpline-lynx-')));
		b.start(['lynx', '-accept_all_cookies', '-nopause', '-noreferer', address], { SSL_CERT_FILE: certificate });
		return b;
	}

	/** Presses a button, which shows what it sends too, or follows a link. @param {string} label */
	async press(label) {
		await this.reach(new RegExp(`^(\\(\\w+\\) )?${escaped(label)}`));
		await this.key('Enter');
	}

	/** Ticks a box or chooses one of several. @param {string} label */
	async tick(label) {
		await this.reach(new RegExp(`^[([]?[ *X]?[)\\]] ?${escaped(label)}`));
		await this.key('Enter');
	}

	/** Writes into a box. @param {string} text */
	async write(text) {
		await this.reach(/^_{10}/);
		await this.type(text);
	}

	/** Fills a field of one line. @param {string} text */
	line(text) {
		return this.write(text);
	}
}

/** A page in w3m: a line is asked for at the foot of the screen, a box is written in with an editor. */
export class W3m extends Terminal {
	/** @param {string} address @param {string} certificate */
	static async open(address, certificate) {
		const b = new W3m(await mkdtemp(path.join(os.tmpdir(), 'helpline-w3m-')));
		b.start(['w3m', '-cookie', '-o', `ssl_ca_file=${certificate}`, '-o', 'ssl_verify_server=1', '-o', `editor=cp ${b.words} %s`, address], { WWW_HOME: '' });
		return b;
	}

	/** What its editor writes. */
	get words() {
		return path.join(this.folder, 'words');
	}

	/** @param {string} label */
	async press(label) {
		await this.reach(starts(label));
		await this.key('Enter');
	}

	/** @param {string} label */
	async tick(label) {
		await this.reach(new RegExp(`^[*X]?[)\\]] ?${escaped(label)}`));
		await this.key('Enter');
	}

	/** @param {string} text */
	async write(text) {
		await writeFile(this.words, `${text}\n`);
		await this.reach(/^ {10}/);
		await this.key('Enter');
		await this.toRead(`[${text.slice(0, 15)}`); // the editor is done
	}

	/** Fills a field of one line. @param {string} text */
	async line(text) {
		await this.reach(/^ {10}/);
		await this.key('Enter');
		await this.toRead('TEXT:');
		await this.type(text);
		await this.key('Enter');
		await this.toRead(`[${text.slice(0, 15)}`);
	}
}

/** @param {string} label */
const starts = (label) => new RegExp(`^\\[?${escaped(label)}`);

/** @param {string} text */
const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

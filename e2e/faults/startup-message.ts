/**
 * Lines of a program for Node.js, without a single quote, that make `message`: what a client says first to PostgreSQL. It is
 * never followed by a password, so nobody is logged in. The form is
 * https://www.postgresql.org/docs/17/protocol-message-formats.html, StartupMessage.
 */
export const STARTUP_MESSAGE = `
const words = Buffer.from("user\\0cafe\\0database\\0cafe_lumiere\\0\\0");
const head = Buffer.alloc(8);
head.writeInt32BE(8 + words.length);
head.writeInt32BE(196608, 4);
const message = Buffer.concat([head, words]);
`;

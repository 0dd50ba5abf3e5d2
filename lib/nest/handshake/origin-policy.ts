/**
 * Which pages may connect:
 *
 * - `same-origin`: only pages of this server, by scheme, host and port;
 * - a list of origins (`https://app.example.com`): those pages, and the server's own;
 * - `*`: any page. Only for a server that never trusts a cookie.
 *
 * Origins are compared whole: there are no wildcards and no suffixes.
 */
export type OriginPolicy = 'same-origin' | '*' | readonly string[];

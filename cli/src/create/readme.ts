export const readme = (name: string): string => `# ${name}

\`\`\`sh
npm install
npm start          # a real Vault, PostgreSQL, Redis and identity provider on loopback, and the API behind them
npm test           # no server is needed
\`\`\`

\`npm start\` says where the API is. In another terminal:

\`\`\`sh
curl -i http://127.0.0.1:<port>/orders                                                          # 401
curl -i -H "Authorization: Bearer $(npx portcullis token pro)" http://127.0.0.1:<port>/orders   # 200
npx portcullis secrets status                                                                   # what is leased
\`\`\`

| file                   | what is in it                                              |
| ---------------------- | ---------------------------------------------------------- |
| \`policy.ts\`            | routes, scopes, tiers and their limits; your issuer        |
| \`app.ts\`, \`server.ts\`  | the API                                                    |
| \`protect.ts\`           | the middleware: tokens, limits, what a token may do        |
| \`stacks\`               | what the API needs of Vault; \`npx portcullis plan\` plans it |
| \`portcullis.config.ts\` | what the command \`portcullis\` knows of this repository     |

Before its first real environment: \`issuer\` and \`audience\` in \`policy.ts\`, an environment in \`stacks/main.ts\` and
\`portcullis.config.ts\`, and \`repository: { delivery: … }\` there, of which \`npx portcullis workflows\` writes plans and deploys.
\`npm run serve\` starts the API alone, where \`VAULT_ADDR\`, \`VAULT_ROLE_ID\`, \`VAULT_WRAPPED_SECRET_ID\` and \`REDIS_HOST\` say.
`;

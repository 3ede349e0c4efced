import type { AnyRouter } from "@orpc/server";
import { errorCodes, httpStatusOf } from "../../../shared/errors.ts";

const methods = ["get", "put", "post", "delete", "patch"] as const;

/** Describes the REST paths as OpenAPI 3.1. The generator is loaded when somebody asks: most hubs are never asked. */
export async function describeContract(router: AnyRouter, version: string): Promise<object> {
	const { OpenAPIGenerator } = await import("@orpc/openapi");
	const { ZodToJsonSchemaConverter } = await import("@orpc/zod/zod4");
	const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
	const document = await generator.generate(router, {
		info: {
			title: "ClawMux",
			version,
			description:
				"The calls of a running ClawMux hub. Over TCP every request carries `Authorization: Bearer TOKEN`; the token of the running hub is in `run/token` of its home. Over the Unix socket none is needed.",
			license: { name: "MIT", identifier: "MIT" },
		},
		servers: [{ url: "/api" }],
		security: [{ token: [] }],
		components: {
			securitySchemes: { token: { type: "http", scheme: "bearer" } },
			schemas: {
				Error: {
					type: "object",
					required: ["error"],
					properties: {
						error: {
							type: "object",
							required: ["code", "message"],
							properties: {
								code: { type: "string", enum: [...errorCodes] },
								message: { type: "string", description: "a sentence for a person" },
							},
						},
					},
				},
			},
			responses: {
				Error: {
					description: `Refused or failed: ${errorCodes.map((code) => `${httpStatusOf[code]} ${code}`).join(", ")}.`,
					content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
				},
			},
		},
	});
	for (const path of Object.values(document.paths ?? {}))
		for (const method of methods) {
			const operation = path?.[method];
			if (operation) operation.responses = { ...operation.responses, default: { $ref: "#/components/responses/Error" } };
		}
	return document;
}

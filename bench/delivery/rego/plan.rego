# Three of the rules that `portcullis plan` has, for conftest: on the plan of this benchmark they find what it finds.
package main

changes contains resource if {
	some resource in input.resource_changes
	some action in resource.change.actions
	action in {"create", "update"}
}

# A right on every resource of a service.
deny contains resource.address if {
	some resource in changes
	resource.type == "aws_iam_role_policy"
	document := json.unmarshal(resource.change.after.policy)
	some statement in document.Statement
	statement.Effect == "Allow"
	statement.Resource == "*"
	some action in statement.Action
	not regex.match(`^[\w-]+:(Describe|List)`, action)
}

# A port that is open to the internet.
deny contains resource.address if {
	some resource in changes
	resource.type == "aws_vpc_security_group_ingress_rule"
	resource.change.after.cidr_ipv4 == "0.0.0.0/0"
}

# A bucket that may be made public.
deny contains resource.address if {
	some resource in changes
	resource.type == "aws_s3_bucket_public_access_block"
	some guard in ["block_public_acls", "block_public_policy"]
	resource.change.after[guard] == false
}

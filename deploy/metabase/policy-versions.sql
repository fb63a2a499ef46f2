-- The last five versions, newest first.
SELECT policy_name AS policy, version, model_uri, status, is_default, created_at
FROM exp.v_policy_versions ORDER BY created_at DESC, version DESC LIMIT 5;
